import boto3
class Lazy:
    def __init__(self, service): self.service = service
    def __get__(self, obj, owner=None): return boto3.client(self.service)
class U:
    rt = Lazy("bedrock-runtime")
    def go(self): return self.rt.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
class Proxy:
    def __init__(self): self._c = boto3.client("bedrock")
    def __getattr__(self, n): return getattr(self._c, n)
Proxy().list_guardrails()  #> bedrock ListGuardrails
class Box:
    def __init__(self): self.all = [boto3.client("bedrock-agent")]
    def __iter__(self): return iter(self.all)
for x in Box(): x.list_agents()  #> bedrock-agent ListAgents
