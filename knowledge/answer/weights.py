"""Trained weights for each kind of question, one number a name; written by ``benchmarks/train_ranker.py``."""

__all__ = ["CONFIDENCE", "HELD", "LEANING", "RANK"]

RANK: dict[str, tuple[float, ...]] = {
    "open": (
        0.000,  # matched
        1.054,  # matched_most
        6.290,  # context
        0.485,  # before
        0.461,  # after
        7.435,  # article
        1.800,  # title
        0.124,  # names
        0.000,  # neighbours
        1.162,  # token_set
        7.708,  # partial
        0.000,  # asked
        0.436,  # type
        -0.436,  # no_type
        1.962,  # reason
        1.604,  # speech
        0.644,  # counted
        1.117,  # dated
        1.388,  # pronoun
        0.466,  # fact
        3.772,  # acted
        -0.895,  # question
        -0.308,  # length
        -0.543,  # place
        0.571,  # new
        0.474,  # content
        0.000,  # content_neighbours
        0.000,  # sure
        1.331,  # covers
        -0.811,  # begins
        -0.029,  # direct
        -0.415,  # recent
    ),
    "who_said": (
        0.000,  # matched
        0.000,  # matched_most
        4.269,  # context
        2.100,  # before
        0.557,  # after
        3.457,  # article
        0.000,  # title
        0.000,  # names
        1.781,  # neighbours
        0.071,  # token_set
        9.896,  # partial
        0.000,  # asked
        0.000,  # type
        0.653,  # no_type
        0.000,  # reason
        0.000,  # speech
        0.000,  # counted
        0.000,  # dated
        1.184,  # pronoun
        0.000,  # fact
        0.855,  # acted
        0.276,  # question
        -0.139,  # length
        0.303,  # place
        0.124,  # new
        0.000,  # content
        0.474,  # content_neighbours
        1.287,  # sure
        -0.413,  # covers
        -2.075,  # begins
        0.439,  # direct
        2.068,  # recent
    ),
    "said": (
        0.000,  # matched
        0.000,  # matched_most
        0.000,  # context
        0.000,  # before
        0.000,  # after
        0.000,  # article
        0.000,  # title
        0.000,  # names
        0.000,  # neighbours
        0.000,  # token_set
        5.716,  # partial
        0.000,  # asked
        0.000,  # type
        0.000,  # no_type
        0.000,  # reason
        0.000,  # speech
        0.000,  # counted
        0.000,  # dated
        0.000,  # pronoun
        0.000,  # fact
        0.000,  # acted
        0.331,  # question
        -0.129,  # length
        -0.901,  # place
        -0.530,  # new
        0.000,  # content
        0.000,  # content_neighbours
        3.802,  # sure
        1.636,  # covers
        0.340,  # begins
        -0.282,  # direct
        -2.448,  # recent
    ),
    "about": (
        0.000,  # matched
        1.818,  # matched_most
        3.726,  # context
        0.000,  # before
        0.532,  # after
        1.222,  # article
        0.000,  # title
        0.000,  # names
        0.000,  # neighbours
        2.654,  # token_set
        0.000,  # partial
        0.000,  # asked
        1.758,  # type
        -1.758,  # no_type
        0.000,  # reason
        0.000,  # speech
        0.000,  # counted
        0.000,  # dated
        1.294,  # pronoun
        0.000,  # fact
        0.000,  # acted
        1.105,  # question
        -0.955,  # length
        0.358,  # place
        2.113,  # new
        0.504,  # content
        3.031,  # content_neighbours
        2.289,  # sure
        0.204,  # covers
        -0.944,  # begins
        -0.442,  # direct
        0.216,  # recent
    ),
}

CONFIDENCE: dict[str, dict[str, float]] = {
    "open": {
        "bias": -0.077,
        "score": -0.164,
        "margin": 2.175,
        "matched": 0.946,
        "context": 0.315,
        "article": -1.316,
        "missing": -0.113,
        "missing_here": -0.970,
        "unknown": 0.135,
        "names": -0.047,
        "type": -0.060,
        "no_type": -0.667,
        "neighbours": -0.264,
        "token_set": 0.635,
        "asked": -0.385,
        "words": 0.674,
        "absent": -3.864,
        "most_absent": 0.064,
        "content": -0.206,
        "sure": 0.368,
    },
    "who_said": {
        "bias": -0.042,
        "score": 0.625,
        "margin": 2.186,
        "matched": -0.169,
        "context": 0.528,
        "article": -1.829,
        "missing": -1.391,
        "missing_here": -0.720,
        "unknown": 0.128,
        "names": 0.306,
        "type": 0.175,
        "no_type": -0.649,
        "neighbours": 0.109,
        "token_set": 0.870,
        "asked": 3.162,
        "words": 0.087,
        "absent": -1.260,
        "most_absent": -0.305,
        "content": -0.235,
        "sure": -0.377,
    },
    "said": {
        "bias": 0.051,
        "score": 0.755,
        "margin": 0.916,
        "matched": 0.000,
        "context": 0.000,
        "article": 0.000,
        "missing": 0.051,
        "missing_here": 0.051,
        "unknown": 0.000,
        "names": 0.000,
        "type": 0.000,
        "no_type": 0.000,
        "neighbours": 0.000,
        "token_set": 0.000,
        "asked": -0.107,
        "words": 0.000,
        "absent": 0.000,
        "most_absent": 0.051,
        "content": 0.000,
        "sure": 1.721,
    },
    "about": {
        "bias": -0.081,
        "score": 0.728,
        "margin": 2.345,
        "matched": 0.513,
        "context": -0.502,
        "article": -0.190,
        "missing": 0.359,
        "missing_here": -1.546,
        "unknown": 1.591,
        "names": -1.030,
        "type": 0.600,
        "no_type": -4.024,
        "neighbours": 0.160,
        "token_set": 0.212,
        "asked": -0.107,
        "words": 0.511,
        "absent": -1.300,
        "most_absent": 0.593,
        "content": 2.814,
        "sure": -1.783,
    },
}

HELD: dict[str, float] = {
    "bias": 0.251,
    "context": 2.580,
    "article": -4.179,
    "missing": -7.830,
    "unknown": -0.548,
    "absent": -3.381,
    "most_absent": 1.567,
    "words": -2.761,
    "score": 6.911,
    "margin": -0.845,
}

LEANING: dict[str, float] = {
    "bias": -0.500,
    "sure": -1.030,
    "own_here": 1.181,
    "own_around": 0.079,
    "most_absent": -0.458,
    "no_own": -0.555,
    "type": 0.001,
    "no_type": -2.028,
    "names": -1.017,
    "context": 1.700,
    "near": -0.508,
    "margin": 0.033,
    "why": -0.781,
    "did": 0.151,
}
