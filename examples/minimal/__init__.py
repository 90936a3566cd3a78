"""The example of the README: a knowledge base and a role that asks it, in one stack."""
