"""Verbs on the rules: their tests, their mutants, the metrics that they may ask for."""
