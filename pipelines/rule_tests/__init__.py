"""Rule tests: each runs on the few rules it needs; what none touches is told; they are tested themselves."""
