"""Tells what a client's file seems to be: a known format by its header and cells, else our own table by the words of its columns."""

from analysis.foundation.lazy import attach

_NAMES = {
    "Guess": ".guess",
    "Proposal": ".proposal",
    "Question": ".questions",
    "propose": ".proposal",
    "recognise": ".guess",
}

__getattr__, __dir__, __all__ = attach(__name__, _NAMES, globals())
