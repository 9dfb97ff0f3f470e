"""Write ``knowledge/data/english.txt``: English words and how common they are.

    python -m benchmarks.make_english EN_JSON_GZ

EN_JSON_GZ is ``spellchecker/resources/en.json.gz`` of pyspellchecker (MIT licence), a word list with counts from film
subtitles. Kept are the words of letters only, folded as ours are, each with the binary logarithm of its count over
the list's smallest, from 0 to 20, as one letter from "a" on.
"""

import gzip
import json
import math
import sys
from pathlib import Path

from knowledge import english
from knowledge.text import fold


def main(source: Path) -> None:
    counts: dict[str, int] = json.loads(gzip.decompress(source.read_bytes()))
    least = min(counts.values())
    levels: dict[str, int] = {}
    for word, count in counts.items():
        if word.isalpha() and len(word) > 1:
            folded = fold(word)
            levels[folded] = max(levels.get(folded, 0), min(25, round(math.log2(count / least))))
    lines = [f"{word} {chr(ord('a') + level)}" for word, level in sorted(levels.items()) if word.isascii()]
    english.FILE.write_text("\n".join(["", *lines, ""]), encoding="ascii")
    print(f"{len(lines):,} words")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
