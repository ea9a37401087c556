"""Verbs on container images: made without a registry, pulled, listed, carried to another machine."""
