"""Trained weights for each kind of question, one number a name; written by ``benchmarks/train_ranker.py``."""

__all__ = ["CONFIDENCE", "HELD", "LEANING", "RANK"]

RANK: dict[str, tuple[float, ...]] = {
    "open": (
        0.000,  # matched
        1.049,  # matched_most
        6.318,  # context
        0.526,  # before
        0.514,  # after
        7.316,  # article
        1.846,  # title
        0.238,  # names
        0.000,  # neighbours
        1.164,  # token_set
        7.644,  # partial
        0.000,  # asked
        0.421,  # type
        -0.421,  # no_type
        1.973,  # reason
        1.505,  # speech
        0.662,  # counted
        1.135,  # dated
        1.395,  # pronoun
        0.530,  # fact
        3.556,  # acted
        -0.819,  # question
        -0.335,  # length
        -0.530,  # place
        0.656,  # new
        0.341,  # content
        0.000,  # content_neighbours
        0.000,  # sure
        1.019,  # covers
        -0.821,  # begins
        0.079,  # direct
        -0.215,  # recent
    ),
    "who_said": (
        0.000,  # matched
        0.000,  # matched_most
        4.238,  # context
        2.162,  # before
        0.588,  # after
        3.494,  # article
        0.000,  # title
        0.000,  # names
        1.839,  # neighbours
        0.169,  # token_set
        9.861,  # partial
        0.000,  # asked
        0.000,  # type
        0.690,  # no_type
        0.000,  # reason
        0.000,  # speech
        0.000,  # counted
        0.000,  # dated
        1.142,  # pronoun
        0.041,  # fact
        0.782,  # acted
        0.212,  # question
        -0.138,  # length
        0.313,  # place
        0.122,  # new
        0.000,  # content
        0.459,  # content_neighbours
        1.184,  # sure
        -0.342,  # covers
        -2.028,  # begins
        0.494,  # direct
        2.010,  # recent
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
        6.100,  # partial
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
        0.374,  # question
        -0.151,  # length
        -0.891,  # place
        -0.430,  # new
        0.000,  # content
        0.000,  # content_neighbours
        3.815,  # sure
        1.645,  # covers
        0.355,  # begins
        -0.222,  # direct
        -2.466,  # recent
    ),
    "about": (
        0.000,  # matched
        1.862,  # matched_most
        3.960,  # context
        0.000,  # before
        0.346,  # after
        0.872,  # article
        0.000,  # title
        0.000,  # names
        0.000,  # neighbours
        2.731,  # token_set
        0.000,  # partial
        0.000,  # asked
        1.771,  # type
        -1.771,  # no_type
        0.000,  # reason
        0.000,  # speech
        0.000,  # counted
        0.000,  # dated
        1.273,  # pronoun
        0.000,  # fact
        0.000,  # acted
        1.236,  # question
        -0.980,  # length
        0.572,  # place
        2.042,  # new
        0.317,  # content
        3.033,  # content_neighbours
        4.372,  # sure
        0.012,  # covers
        -0.982,  # begins
        -0.625,  # direct
        0.215,  # recent
    ),
}

CONFIDENCE: dict[str, dict[str, float]] = {
    "open": {
        "bias": -0.111,
        "score": -0.234,
        "margin": 2.158,
        "matched": 1.065,
        "context": 0.332,
        "article": -1.265,
        "missing": 0.129,
        "missing_here": -0.849,
        "unknown": 0.002,
        "names": 0.015,
        "type": -0.086,
        "no_type": -0.679,
        "neighbours": -0.226,
        "token_set": 0.665,
        "asked": -0.515,
        "words": 0.709,
        "absent": -3.813,
        "most_absent": 0.020,
        "content": -0.160,
        "sure": 0.335,
    },
    "who_said": {
        "bias": -0.043,
        "score": 0.741,
        "margin": 2.256,
        "matched": -0.300,
        "context": 0.454,
        "article": -1.432,
        "missing": -1.732,
        "missing_here": -1.182,
        "unknown": -0.407,
        "names": 0.355,
        "type": 0.295,
        "no_type": -0.768,
        "neighbours": 0.245,
        "token_set": 0.821,
        "asked": 2.766,
        "words": -0.190,
        "absent": -1.106,
        "most_absent": -0.562,
        "content": -0.345,
        "sure": -0.216,
    },
    "said": {
        "bias": 0.063,
        "score": 0.879,
        "margin": 1.043,
        "matched": 0.000,
        "context": 0.000,
        "article": 0.000,
        "missing": 0.063,
        "missing_here": 0.063,
        "unknown": 0.000,
        "names": 0.000,
        "type": 0.000,
        "no_type": 0.000,
        "neighbours": 0.000,
        "token_set": 0.000,
        "asked": -0.405,
        "words": 0.000,
        "absent": 0.000,
        "most_absent": 0.063,
        "content": 0.000,
        "sure": 1.757,
    },
    "about": {
        "bias": -0.078,
        "score": 0.600,
        "margin": 3.245,
        "matched": 0.555,
        "context": -0.338,
        "article": -0.031,
        "missing": 0.184,
        "missing_here": -1.259,
        "unknown": 2.260,
        "names": -1.540,
        "type": 0.624,
        "no_type": 0.879,
        "neighbours": 0.003,
        "token_set": 0.081,
        "asked": -0.375,
        "words": 0.765,
        "absent": -1.435,
        "most_absent": 0.778,
        "content": 2.838,
        "sure": -2.742,
    },
}

HELD: dict[str, float] = {
    "bias": 0.216,
    "context": 2.437,
    "article": -4.119,
    "missing": -8.347,
    "unknown": -0.460,
    "absent": -3.039,
    "most_absent": 1.450,
    "words": -2.912,
    "score": 7.119,
    "margin": -0.918,
}

LEANING: dict[str, float] = {
    "bias": -0.501,
    "sure": -1.032,
    "own_here": 0.853,
    "own_around": 0.650,
    "most_absent": -1.390,
    "no_own": -1.868,
    "type": 0.272,
    "no_type": -2.328,
    "names": -0.860,
    "context": 1.452,
    "near": -0.821,
    "margin": 0.084,
    "why": -1.016,
    "did": -0.150,
}
