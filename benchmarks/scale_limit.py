"""The limit of answering at scale: nothing but the intersection of the posting lists of a question's words.

In C where there is gcc, else with numpy. A sentence of the shortest list counts when it holds all of the words but one
at most; the one with the most comes first. So for wordy questions it finds nothing: it is the time that counts here.
"""

import ctypes
import shutil
import subprocess
import time
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale_data import Corpus, words_of

__all__ = ["measure"]

_REPEATS = 5
_MOST = 16  # lists of one question
_SOURCE = r"""
#include <stdint.h>

/* The first place from `at` on that holds `wanted` or more: steps that double, then halves. */
static int64_t reach(const uint32_t *list, int64_t at, int64_t end, uint32_t wanted) {
    int64_t step = 1, low = at, high = at;
    while (high < end && list[high] < wanted) { low = high + 1; high += step; step *= 2; }
    if (high > end) high = end;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (list[middle] < wanted) low = middle + 1; else high = middle;
    }
    return low;
}

int64_t intersect(const uint32_t *list, const int64_t *from, const int64_t *to, int64_t lists) {
    int64_t at[16], best = -1, most = lists - 2;
    for (int64_t i = 0; i < lists; i++) at[i] = from[i];
    for (; at[0] < to[0]; at[0]++) {
        uint32_t wanted = list[at[0]];
        int64_t held = 1;
        for (int64_t i = 1; i < lists && i - held < 2; i++) {
            at[i] = reach(list, at[i], to[i], wanted);
            held += at[i] < to[i] && list[at[i]] == wanted;
        }
        if (held > most) { most = held; best = wanted; }
    }
    return best;
}
"""
_Kernel = Callable[[], int]
_Bounds = list[tuple[int, int]]


def measure(corpus: Corpus, questions: Sequence[str]) -> tuple[list[float], list[int | None]]:
    """CPU ms of each intersection, and the place of the sentence found; the lists lie ready in memory."""
    postings, bounds = _postings(corpus.sentences())
    library = _compiled(corpus.place("so"))
    taken, found = [], []
    for question in questions:
        lists = sorted((bounds[w] for w in set(words_of(question)) if w in bounds), key=lambda b: b[1] - b[0])[:_MOST]
        if not lists:
            taken.append(0.0)
            found.append(None)
            continue
        kernel = _in_c(library, postings, lists) if library else partial(_in_numpy, postings, lists)
        started = time.process_time_ns()
        for _ in range(_REPEATS):
            place = kernel()
        taken.append((time.process_time_ns() - started) / _REPEATS / 1e6)
        found.append(place if place >= 0 else None)
    return taken, found


def _postings(sentences: Sequence[str]) -> tuple[Any, dict[str, tuple[int, int]]]:
    """All lists in one array of uint32, each in rising order, and where each word's begins and ends."""
    lists: dict[str, array[int]] = {}
    for place, sentence in enumerate(sentences):
        for word in set(words_of(sentence)):
            lists.setdefault(word, array("I")).append(place)
    ends = np.cumsum([len(places) for places in lists.values()]).tolist()
    bounds = {word: (end - len(places), end) for (word, places), end in zip(lists.items(), ends, strict=True)}
    return np.concatenate([np.frombuffer(places, np.uint32) for places in lists.values()]), bounds


def _compiled(place: Path) -> ctypes.CDLL | None:
    if shutil.which("gcc") is None:
        return None
    command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-x", "c", "-", "-o", str(place)]
    subprocess.run(command, input=_SOURCE.encode(), check=True)
    library = ctypes.CDLL(str(place))
    library.intersect.restype = ctypes.c_int64
    return library


def _in_c(library: ctypes.CDLL, postings: Any, lists: _Bounds) -> _Kernel:
    begins, ends = (np.array(side, np.int64) for side in zip(*lists, strict=True))
    arrays = (part.ctypes.data_as(ctypes.c_void_p) for part in (postings, begins, ends))
    return partial(library.intersect, *arrays, ctypes.c_int64(len(lists)))


def _in_numpy(postings: Any, lists: _Bounds) -> int:
    wanted = postings[slice(*lists[0])]
    held = np.ones(len(wanted), np.int64)
    for bounds in lists[1:]:
        places = postings[slice(*bounds)]
        at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
        held += places[at] == wanted
    best = int(held.argmax())
    return int(wanted[best]) if held[best] >= len(lists) - 1 else -1
