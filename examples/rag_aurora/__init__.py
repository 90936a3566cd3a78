"""Answers from documents, with the vectors in a table of Aurora PostgreSQL."""
