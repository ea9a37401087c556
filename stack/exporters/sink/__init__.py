"""Takes notifications instead of the world outside, keeps them and shows them."""
