"""Programs of our own that the stack runs beside the real ones."""
