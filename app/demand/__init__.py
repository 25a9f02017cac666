"""The demand page: what people ask for, section by section. Only `pages/demand.py` uses it."""
