"""Answers from documents, twice: with a vector store of one's own, and with a managed knowledge base."""
