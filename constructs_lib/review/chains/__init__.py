"""The graph of roles: who can become whom, and on which planes."""
