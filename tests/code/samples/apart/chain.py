from boto3 import client as make
from contextlib import contextmanager
@contextmanager
def connection(service):
    yield make(service)
def go():
    with connection("bedrock") as made:
        first(made)
def first(x):
    return second(x)
def second(y):
    return y.invoke_model(modelId="m")  #> bedrock InvokeModel wrong bedrock-runtime
class Holder:
    held = None
    @classmethod
    def get(cls):
        if cls.held is None:
            cls.held = make("bedrock-runtime")
        return cls.held
def other():
    return Holder.get().list_foundation_models()  #> bedrock-runtime ListFoundationModels wrong bedrock
