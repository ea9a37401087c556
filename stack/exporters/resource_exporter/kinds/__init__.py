"""Kinds of resources: each module has a `check` whose parameters are the keys of that kind.

It says whether the thing is up, or gives all that it has `Seen`.
"""
