"""What is shown: one file per dashboard, found by its name."""
