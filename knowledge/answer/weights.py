"""Trained weights; written by ``benchmarks/train_ranker.py``, one number a name."""

__all__ = ["CONFIDENCE", "RANK"]

RANK: tuple[float, ...] = (
    -2.244,  # matched
    1.990,  # matched_most
    8.241,  # context
    0.516,  # before
    -0.164,  # after
    7.014,  # article
    1.789,  # title
    0.497,  # names
    0.224,  # neighbours
    1.219,  # token_set
    4.688,  # partial
    3.391,  # asked
    -0.047,  # type
    0.047,  # no_type
    2.314,  # reason
    1.102,  # speech
    0.634,  # counted
    1.862,  # dated
    1.690,  # pronoun
    -0.904,  # fact
    2.789,  # acted
    0.063,  # question
    -0.692,  # length
    -0.122,  # place
    0.484,  # new
)

CONFIDENCE: dict[str, float] = {
    "bias": -4.336,
    "score": -0.527,
    "margin": 1.589,
    "matched": 1.048,
    "context": 1.652,
    "article": 0.536,
    "missing": 0.812,
    "missing_here": -1.745,
    "unknown": 1.352,
    "names": -0.047,
    "type": 0.554,
    "no_type": -0.138,
    "neighbours": 0.304,
    "token_set": 0.947,
    "asked": 3.017,
    "words": 0.099,
}
