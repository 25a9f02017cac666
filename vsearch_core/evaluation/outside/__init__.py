"""Figures on pictures from outside: other shops, other people's rooms, and snaps by a recipe that no training knows."""
