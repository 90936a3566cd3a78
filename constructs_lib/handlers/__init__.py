"""Code that is deployed to AWS Lambda: boto3 and the standard library only."""
