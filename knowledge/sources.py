"""Reading sources: from files, folders and standard input to articles, or one clear refusal an input.

A ``.txt`` file holds one article: optionally a publisher line and a headline, each a paragraph of its own, then the
body. ``Article.text`` is the body, a verbatim stretch of the file. A ``.jsonl`` file holds one article a line, whose
``text`` is kept exactly as given. An ``.html`` file is a saved page, read as one from the web is. An ``.opml`` or
``.xml`` file is a list of feeds, or a feed: what it leads to is fetched.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from knowledge.errors import InputError
from knowledge.models import Article

__all__ = ["MAX_BYTES", "MAX_ID", "MAX_PARAGRAPH", "Web", "checked", "is_address", "needs_web", "read_sources"]

MAX_BYTES = 2_000_000
"""The longest article taken, in bytes: some hundred times an ordinary one."""

MAX_PARAGRAPH = 100_000
"""The longest paragraph taken, in characters: longer ones are data, not prose."""

MAX_ID = 1_000
"""The longest article id taken, in characters: the index finds an article by its whole id."""

_PAGES = (".html", ".htm")
_SUFFIXES = (".txt", ".jsonl", *_PAGES)
_LISTS = (".opml", ".xml")
_PAGE_BYTES = 10_000_000  # as of a page from the web: most of it is no text
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SCHEME = re.compile("([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_BREAK = re.compile(r"\n[ \t\r]*\n")
_SENTENCE_ENDS = (".", ".”", '."', ":", ";", ",")
_PUBLISHER_LENGTH = 60
_HEADLINE_LENGTH = 200
_BOM = "\ufeff"

Read = Article | InputError


Web = Callable[[str], Iterator[Read]]
"""What reads an address, or a file that leads to some: every article there, or what is wrong with it."""


def is_address(source: str) -> bool:
    """Whether a source is an http or https address."""
    scheme = _SCHEME.match(source)
    return scheme is not None and scheme[1].lower() in ("http", "https")


def needs_web(source: str) -> bool:
    """Whether a source is an address, or a file that leads to some."""
    return is_address(source) or Path(source).suffix.lower() in _LISTS


def read_sources(sources: Iterable[str], stdin: BinaryIO, web: Web | None = None) -> Iterator[Read]:
    """Every article of the sources, in order; for each input that cannot be taken, the error that says why.

    A source is a file, a folder (its ``.txt``, ``.jsonl`` and ``.html`` files, by name, subfolders too), ``-`` (article
    JSONL on standard input) or, when there is something that reads the ``web``, an address, or an ``.opml`` or ``.xml``
    file with some.
    """
    names = _Names()
    for source in sources:
        if source == "-":
            yield from _lines("-", stdin)
            continue
        if _SCHEME.match(source) and not is_address(source):
            yield InputError(source, "only http and https addresses can be read; give one, or a file by its path")
            continue
        if is_address(source):
            yield from _from_web(source, web)
            continue
        path = Path(source)
        try:
            if needs_web(source) and not path.is_dir():
                yield from _from_web(source, web)
            elif path.is_dir():
                yield from _folder(path, names)
            else:
                yield from _file(path, path.stem, names)
        except OSError as error:
            yield InputError(source, _os_reason(error))


class _Names:
    """The articles that are called after their files: two files of one name would be one article."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, int]] = {}

    def told_apart(self, name: str, article: Article) -> Article:
        """The article of the file ``name``. Raises InputError when another file has its id, and other content."""
        content = hash(article.model_dump_json())
        first, known = self._first.setdefault(article.id, (name, content))
        if known != content:
            reason = f"has the same name as {first}, and each is an article called by its name; rename one of them"
            raise InputError(name, reason)
        return article


def _from_web(source: str, web: Web | None) -> Iterator[Read]:
    if web is None:
        yield InputError(source, "addresses are not read here; save each page as an .html file")
        return
    yield from (read if isinstance(read, InputError) else _taken(source, read) for read in web(source))


def _folder(folder: Path, names: _Names) -> Iterator[Read]:
    found = False
    for path in _walk(folder):
        if isinstance(path, InputError):
            found = True  # what it holds is not known
            yield path
        elif path.suffix.lower() in _SUFFIXES:
            found = True
            # The id says where in the folder the file is, so that equal names in two subfolders stay two articles.
            yield from _file(path, path.relative_to(folder).with_suffix("").as_posix(), names)
    if not found:
        yield InputError(str(folder), "holds no .txt, .jsonl or .html file; name a folder with articles")


def _walk(folder: Path) -> Iterator[Path | InputError]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield InputError(str(folder), _os_reason(error))
        return
    for entry in entries:
        try:
            is_folder = entry.is_dir()
        except OSError as error:
            yield InputError(str(entry), _os_reason(error))
            continue
        if entry.name.startswith(".") or (is_folder and entry.is_symlink()):
            continue  # hidden files are no articles, and a link to a folder may lead round in circles
        if is_folder:
            yield from _walk(entry)
        else:
            yield entry


def _file(path: Path, identifier: str, names: _Names) -> Iterator[Read]:
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES and path.exists():
        which = suffix or "files without an ending"
        yield InputError(str(path), f"cannot read {which}; give .txt, .jsonl or .html, or feeds as .opml or .xml")
        return
    try:
        with path.open("rb") as file:
            if suffix == ".jsonl":
                yield from _lines(str(path), file)
            elif suffix in _PAGES:
                yield _page(str(path), identifier, file, names)
            else:
                yield _text(str(path), identifier, file, names)
    except OSError as error:
        yield InputError(str(path), _os_reason(error))


def _text(name: str, identifier: str, file: BinaryIO, names: _Names) -> Read:
    data = file.read(MAX_BYTES + 1)
    try:
        if any(map(_is_half, identifier)):
            raise InputError(name, "its name is not UTF-8; rename it")
        return names.told_apart(name, checked(name, parse_text(identifier, _decoded(name, data))))
    except InputError as error:
        return error


def _page(name: str, identifier: str, file: BinaryIO, names: _Names) -> Read:
    from knowledge.web.page import read_page  # it brings a parser that texts do without

    data = file.read(_PAGE_BYTES + 1)
    try:
        if len(data) > _PAGE_BYTES:
            raise InputError(name, f"longer than {_PAGE_BYTES:,} bytes; give the page of one article")
        return names.told_apart(name, checked(name, read_page(data, name=name, identifier=identifier)))
    except InputError as error:
        return error


def _taken(name: str, article: Article) -> Read:
    try:
        return checked(name, article)
    except InputError as error:
        return error


def _lines(name: str, file: BinaryIO) -> Iterator[Read]:
    number = 0
    while line := file.readline(MAX_BYTES + 1):
        number += 1
        where = f"{name}:{number}"
        if len(line) > MAX_BYTES:
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_BYTES)
            yield InputError(where, f"longer than {MAX_BYTES:,} bytes; cut it into articles")
        elif line.strip():
            try:
                yield checked(where, _parse_line(where, _decoded(where, line)))
            except InputError as error:
                yield error
    if not number:
        yield InputError(name, "empty; give one article a line, as JSON with id, title and text")


def _parse_line(where: str, line: str) -> Article:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(where, f"not JSON ({error}); give one article a line") from error
    if not isinstance(value, dict):
        raise InputError(where, "not a JSON object; give one article a line, with id, title and text")
    try:
        return Article.model_validate({"title": "", **{k: v for k, v in value.items() if v is not None}})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        what = (
            "is missing or empty" if first["type"] in ("missing", "string_too_short") else f"is wrong: {first['msg']}"
        )
        raise InputError(where, f"{field!r} {what}; an article needs id and text, both strings") from error


def parse_text(identifier: str, text: str) -> Article:
    """An article from the text of a file: publisher line, headline and body told apart.

    A heading is a short paragraph of one line that does not end like a sentence. Two of them at the start are the
    publisher and the headline, one is the headline. ``text`` is a stretch of the given text; the headline of a text
    that has none is the identifier.
    """
    first, after_first = _paragraph(text, 0)
    second, after_second = _paragraph(text, after_first)
    publisher, title, start = None, identifier, 0
    if _is_heading(first, _PUBLISHER_LENGTH) and _is_heading(second, _HEADLINE_LENGTH):
        publisher, title, start = first, second, after_second
    elif _is_heading(first, _HEADLINE_LENGTH):
        title, start = first, after_first
    body = text[start:].strip()
    return Article(id=identifier, title=title, text=body or text.strip(), publisher=publisher if body else None)


def _paragraph(text: str, start: int) -> tuple[str, int]:
    """The first paragraph at or after ``start``, and where it ends."""
    start += len(text[start:]) - len(text[start:].lstrip())
    gap = _BREAK.search(text, start)
    end = gap.start() if gap else len(text)
    return text[start:end].strip(), end


def _is_heading(paragraph: str, limit: int) -> bool:
    return 0 < len(paragraph) <= limit and "\n" not in paragraph and not paragraph.endswith(_SENTENCE_ENDS)


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise InputError(name, f"longer than {MAX_BYTES:,} bytes; cut it into articles")
    if b"\0" in data:
        raise InputError(name, "binary; give UTF-8 text")
    try:
        text = data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise InputError(name, f"not UTF-8 (byte {error.start:,}); save it as UTF-8") from error
    if not text.strip():
        raise InputError(name, "empty; an article needs text")
    return text


def checked(name: str, article: Article) -> Article:
    """The article as it was given; raises InputError when it cannot be kept or found again."""
    text = article.text
    if not any(c.isalpha() for c in text):
        raise InputError(name, "'text' holds no words; an article needs sentences")
    if len(article.id) > MAX_ID or _CONTROL.search(article.id):
        raise InputError(name, f"'id' is longer than {MAX_ID:,} characters or holds control characters; give another")
    if any(_is_half(c) for value in article.model_dump().values() for c in value or ""):
        raise InputError(name, "holds half a surrogate pair; save it as UTF-8")
    if max(len(paragraph) for paragraph in text.split("\n")) > MAX_PARAGRAPH:
        raise InputError(name, f"a paragraph is longer than {MAX_PARAGRAPH:,} characters; this is no article")
    return article


def _is_half(character: str) -> bool:
    """Whether it is half a surrogate pair, which no database keeps."""
    return "\ud800" <= character <= "\udfff"


def _os_reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder; check the path"
    if isinstance(error, PermissionError):
        return "may not be read; change its permissions"
    return f"cannot be read ({error.strerror or error}); check the path"
