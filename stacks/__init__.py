"""Wiring of the constructs into stacks."""
