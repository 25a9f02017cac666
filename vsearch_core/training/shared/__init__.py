"""What several trainings use: pictures, labels, stages, checkpoints, trunks, bundles."""
