"""The database's schema, step by step: `versions/` holds one file a step, applied when the database is opened."""
