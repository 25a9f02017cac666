"""The master data page: suspect labels, one decision at a time. Only `pages/master_data.py` uses it."""
