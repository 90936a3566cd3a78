"""Make the client and hand it on."""
import boto3

from relay.middle import forward


def main(text):
    runtime = boto3.client("bedrock-runtime", region_name="eu-west-1")
    return forward(runtime, text)


if __name__ == "__main__":
    print(main("hello"))
