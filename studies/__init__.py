"""What was compared once and stays as evidence: on the core, never under it (`python -m studies --help`)."""
