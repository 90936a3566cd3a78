"""Hand the first argument on."""
from .last import Sender


def forward(first, text):
    sender = Sender(first)
    return sender.send(text)
