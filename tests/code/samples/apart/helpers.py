import boto3
def payload(text, number=3):
    made = []
    for index in range(number):
        made.append({"a": text, "b": [1, 2, 3], "c": {"d": text, "e": [index, {"f": text}]}})
    return made
def model(size):
    if size == "small":
        return "amazon.nova-micro-v1:0"
    return "amazon.nova-pro-v1:0"
def send(client, size, text):
    return client.converse(modelId=model(size), messages=payload(text))  #> bedrock-runtime Converse
def main():
    client = boto3.client(service_name="bedrock-runtime")
    for number in range(40):
        send(client, "small", str(number))
    send(client, "small", payload(payload(payload("y"))))
