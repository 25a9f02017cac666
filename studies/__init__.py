"""What was compared once and stays as evidence: on the core, and never under it. `python -m studies --help` lists it."""
