"""The page Model quality."""
