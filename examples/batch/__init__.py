"""Batch inference: Bedrock's role for the jobs, and an operator who starts them and runs no model."""
