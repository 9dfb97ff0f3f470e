"""From an article's text to everything we hold about it: the only part of the project that uses spaCy."""

from knowledge.build.nlp import load_model
from knowledge.build.pipeline import build_record, build_records

__all__ = ["build_record", "build_records", "load_model"]
