"""The thresholds and switches of a bundle, chosen on validation."""
