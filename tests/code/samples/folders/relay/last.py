"""Send, on whatever is given."""


class Sender:
    def __init__(self, backend):
        self._backend = backend

    def send(self, text):
        request = {"messages": [{"role": "user", "content": [{"text": text}]}]}
        return self._backend.converse(modelId="amazon.nova-micro-v1:0", **request)  #> bedrock-runtime Converse
