"""What Amazon Bedrock offers: planes, families, operations, actions, ARN formats. Pure data."""
