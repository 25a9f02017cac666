"""What looking at errors one by one has shown, and how far a suspicion of a label is right."""
