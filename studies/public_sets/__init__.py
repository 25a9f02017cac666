"""Street2Shop and In-shop Clothes Retrieval: their readers, and the protocols that they were published with."""
