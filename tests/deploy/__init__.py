"""The least policy of CloudFormation's execution role."""
