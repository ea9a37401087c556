"""Finds containers that want to be scraped; the one service of the stack that holds the engine's socket."""
