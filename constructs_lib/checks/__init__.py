"""Doors to the review inside the CDK: validation plugin, cdk-nag pack and pytest assertions."""
