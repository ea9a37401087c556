"""Starts what was killed through the engine's API, which the engine itself takes for a person's wish."""
