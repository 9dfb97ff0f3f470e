"""Trained weights for each kind of question, one number a name; written by ``benchmarks/train_ranker.py``."""

__all__ = ["CONFIDENCE", "RANK"]

RANK: dict[str, tuple[float, ...]] = {
    "open": (
        0.000,  # matched
        1.674,  # matched_most
        6.967,  # context
        0.853,  # before
        0.608,  # after
        6.449,  # article
        3.163,  # title
        0.230,  # names
        0.000,  # neighbours
        0.961,  # token_set
        7.055,  # partial
        0.000,  # asked
        0.380,  # type
        -0.380,  # no_type
        1.973,  # reason
        0.884,  # speech
        0.483,  # counted
        1.500,  # dated
        1.765,  # pronoun
        0.161,  # fact
        2.687,  # acted
        0.713,  # question
        -0.422,  # length
        -0.355,  # place
        0.323,  # new
    ),
    "who_said": (
        0.000,  # matched
        0.000,  # matched_most
        2.970,  # context
        3.680,  # before
        0.000,  # after
        4.393,  # article
        0.000,  # title
        0.000,  # names
        2.331,  # neighbours
        0.179,  # token_set
        12.139,  # partial
        0.000,  # asked
        0.000,  # type
        0.865,  # no_type
        0.000,  # reason
        0.000,  # speech
        0.000,  # counted
        0.000,  # dated
        0.846,  # pronoun
        0.873,  # fact
        0.019,  # acted
        -1.215,  # question
        -0.393,  # length
        0.321,  # place
        -0.474,  # new
    ),
}

CONFIDENCE: dict[str, dict[str, float]] = {
    "open": {
        "bias": -3.905,
        "score": -0.623,
        "margin": 1.610,
        "matched": 0.610,
        "context": 3.999,
        "article": -0.255,
        "missing": 0.139,
        "missing_here": 0.003,
        "unknown": 1.387,
        "names": -0.021,
        "type": 0.067,
        "no_type": -0.710,
        "neighbours": -0.377,
        "token_set": 0.729,
        "asked": 0.563,
        "words": 0.928,
    },
    "who_said": {
        "bias": -0.421,
        "score": 4.510,
        "margin": 2.270,
        "matched": -1.664,
        "context": -1.475,
        "article": -2.911,
        "missing": -2.888,
        "missing_here": 1.755,
        "unknown": -2.083,
        "names": -0.047,
        "type": -0.124,
        "no_type": -4.203,
        "neighbours": -0.767,
        "token_set": -3.258,
        "asked": 6.025,
        "words": -0.666,
    },
}
