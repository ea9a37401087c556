"""What the verbs on alerts share: what stands, what would be told, what a fire drill sees."""
