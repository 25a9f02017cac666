"""What measures speed, side by side in one run with what a person would write today."""
