"""A small Lambda function that answers questions over the knowledge base, on the data plane only."""
