"""What runs: the model of an environment, its services, and the runtimes that carry them."""
