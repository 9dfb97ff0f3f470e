"""What is new for those who follow something: from the store's changes to items that cite the index's sentences."""

from knowledge.digest.bulletin import Bulletin
from knowledge.digest.items import Cited, Correction, Item

__all__ = ["Bulletin", "Cited", "Correction", "Item"]
