"""The classifiers of ten types that the first project compared, trained by one recipe."""
