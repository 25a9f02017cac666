"""Reads a catalogue as a shop delivers it: any encoding, any separators, any way to write a price."""
