"""Architectures, losses, data sets and loops; writes model bundles. The only place that imports TensorFlow."""
