"""Uses the clients through what others import."""
from . import handler as web
from .container import container as c


def nightly():
    return web.answers.store.api.rerank(queries=[], sources=[], rerankingConfiguration={})  #> bedrock-agent-runtime Rerank


def hourly():
    api = c.search
    return api.retrieve_and_generate(input={"text": ""})  #> bedrock-agent-runtime RetrieveAndGenerate
