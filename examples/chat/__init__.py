"""A chat whose answers appear as the model writes them, and a role that may do that and nothing else."""
