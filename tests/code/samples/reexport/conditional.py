"""Import one of two modules."""
import os

if os.environ.get("LOCAL"):
    from .fake import agents as get_agents
else:
    from .inner import agents as get_agents


def names():
    return get_agents().list_knowledge_bases()  #> bedrock-agent ListKnowledgeBases


def inside():
    from reexport.inner.making import shared as one

    return one.converse_stream(modelId="a.b-v1:0", messages=[])  #> bedrock-runtime ConverseStream
