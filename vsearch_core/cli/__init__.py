"""The command line: one module for each group of commands; `python -m vsearch_core` joins them."""
