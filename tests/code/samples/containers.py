from dependency_injector import containers, providers
import boto3
class Container(containers.DeclarativeContainer):
    config = providers.Configuration()
    rt = providers.Factory(boto3.client, service_name="bedrock-runtime", region_name=config.region)
    ctl = providers.Resource(boto3.client, "bedrock")
class Svc:
    def __init__(self, client, ctl): self.client = client; self.ctl = ctl
    def go(self): return self.client.converse(modelId="m", messages=[])  #> bedrock-runtime Converse
    def l(self): return self.ctl.list_guardrails()  #> bedrock ListGuardrails
class App(containers.DeclarativeContainer):
    c = Container()
    svc = providers.Singleton(Svc, client=c.rt, ctl=c.ctl)
App.svc().go()
