"""Trains `models/detector`: every garment in a photo with its label, position and box."""
