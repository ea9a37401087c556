"""PromQL as a syntax tree: what an expression reads, how far back, and which labels its result has."""
