"""Kinds of resources: each module has a `check` whose parameters are the keys of that kind."""
