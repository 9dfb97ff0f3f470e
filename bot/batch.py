"""``onrecord ask --batch``: questions as JSON lines in, answers as JSON lines out, in the same order."""

import json
import sys
from pathlib import Path
from typing import IO

from knowledge.errors import InputError
from knowledge.library import Library

__all__ = ["answer_batch"]


def answer_batch(library: Library, file: str) -> int:
    """Answer every question of ``file`` ("-" is standard input) on stdout; 1 when a line could not be read, else 0.

    Raises InputError when the file itself cannot be read.
    """
    if file == "-":
        return _answer_lines(library, file, sys.stdin.buffer)
    try:
        with Path(file).open("rb") as stream:
            return _answer_lines(library, file, stream)
    except OSError as error:
        raise InputError(file, f"cannot be read ({error.strerror}); check the path") from error


def _answer_lines(library: Library, name: str, stream: IO[bytes]) -> int:
    refused = 0
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            question, article = str(asked["question"]), asked.get("article_id")
        except (ValueError, KeyError, TypeError, AttributeError):
            problem = InputError(f"{name}:{number}", "not a question; give JSON with id and question")
            print(f"onrecord: {problem}", file=sys.stderr)
            refused = 1
            continue
        answer = library.answerer.answer(question, None if article is None else str(article))
        sys.stdout.write(
            json.dumps({"id": asked.get("id"), **answer.model_dump(mode="json")}, ensure_ascii=False) + "\n"
        )
    sys.stdout.flush()
    return refused
