"""The training of the network that finds the main thing of a picture."""
