from .making import agents, shared
from . import making as factory
