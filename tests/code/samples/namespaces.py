import os, boto3
SESSION = boto3.Session()
class Bag:
    def __init__(self, **clients): self.__dict__.update(clients)
    def go(self): self.rt.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
Bag(rt=boto3.client("bedrock-runtime")).go()
from types import SimpleNamespace as NS
ns = NS(rt=boto3.client("bedrock-runtime"), ag=boto3.client("bedrock-agent"))
ns.ag.list_prompts()  #> bedrock-agent ListPrompts
from collections import namedtuple, ChainMap, defaultdict
P = namedtuple("P", "rt ctl")
p = P(boto3.client("bedrock-runtime"), ctl=boto3.client("bedrock"))
p.ctl.list_guardrails()  #> bedrock ListGuardrails
p.rt.count_tokens(modelId="m", input={})  #> bedrock-runtime CountTokens
dd = defaultdict(lambda: boto3.client("bedrock"))
dd["x"].get_foundation_model(modelIdentifier="m")  #> bedrock GetFoundationModel
