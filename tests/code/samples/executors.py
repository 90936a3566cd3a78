import boto3, threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, cached_property
_local = threading.local()
def rt():
    if not hasattr(_local, "rt"):
        _local.rt = boto3.client("bedrock-runtime")
    return _local.rt
def one(q): return rt().converse(modelId="m", messages=[q])  #> bedrock-runtime Converse
with ThreadPoolExecutor() as ex:
    list(ex.map(one, range(3)))
    f = ex.submit(rt().apply_guardrail, guardrailIdentifier="g", guardrailVersion="1", source="INPUT", content=[])  #> bedrock-runtime ApplyGuardrail
@lru_cache(maxsize=None)
def client_for(kind, region): return boto3.client(f"bedrock-{kind}", region_name=region)
client_for("agent-runtime", "us-east-1").retrieve_and_generate_stream(input={"text": "t"})  #> bedrock-agent-runtime RetrieveAndGenerateStream
class K:
    @cached_property
    def a(self): return client_for("agent", "us-east-1")
    def x(self): return self.a.get_knowledge_base(knowledgeBaseId="k")  #> bedrock-agent GetKnowledgeBase
