"""An AgentCore runtime, and the role of an application that may call it and nothing else."""
