"""A help desk as one finds it, which knows nothing of Bedrock Planes, and the same app repaired."""
