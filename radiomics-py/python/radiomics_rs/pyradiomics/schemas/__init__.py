"""The parameter schema and its checks, where other programs look for them."""
