"""What happens: every top-level file here is a pipeline."""
