"""Texts of several lines around the calls: what stands between two of them is code."""
import boto3

runtime = boto3.client("bedrock-runtime")


def ask(question):
    """Ask: with client.list_agents() this text would call, if it were code."""
    prompt = """
    Answer briefly.
    """
    reply = runtime.converse(modelId="amazon.nova-lite-v1:0", messages=[prompt, question])  #> bedrock-runtime Converse
    footer = """
    That is all.
    """
    return reply, footer


def invoke(body):
    r'''A text in other quotes.'''
    head = f'''
    {body}
    '''
    runtime.invoke_model(modelId="amazon.titan-text-lite-v1", body=head)  #> bedrock-runtime InvokeModel
    tail = '''
    '''
    return tail
