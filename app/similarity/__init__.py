"""The similarity lab: its sections, each in a module, and what they share."""
