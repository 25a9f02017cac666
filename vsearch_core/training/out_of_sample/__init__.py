"""What networks say of products that they were not trained on, for finding wrong labels."""
