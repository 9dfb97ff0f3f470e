"""Answering: from a question to citations. No spaCy, no chat system, no network; milliseconds."""

from knowledge.answer.answerer import Answerer, Outcome
from knowledge.answer.decide import Reason

__all__ = ["Answerer", "Outcome", "Reason"]
