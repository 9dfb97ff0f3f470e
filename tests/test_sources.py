"""Reading sources: what is taken, what is refused, and that one bad input stops no other."""

import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.errors import InputError
from knowledge.models import Article
from knowledge.sources import MAX_BYTES, MAX_ID, MAX_PARAGRAPH, is_address, needs_web, read_sources

NOBODY = 65534
GOOD = {"id": "good", "title": "A title", "text": "A good text."}


def read(*sources: object, stdin: bytes = b"") -> list[Article | InputError]:
    return list(read_sources([str(source) for source in sources], io.BytesIO(stdin)))


def taken(result: Article | InputError) -> Article:
    assert isinstance(result, Article), result
    return result


def refused(result: Article | InputError) -> InputError:
    assert isinstance(result, InputError), result
    assert "\n" not in str(result), "a refusal is one line"
    assert str(result).startswith(f"{result.name}: ")
    return result


# -- text files ------------------------------------------------------------------------------------------------------

HEADLINE = "Putin Speaks With Middle East Govt"
BODY = "Putin spoke on Monday.\n\nHe said no."

TEXTS = [
    pytest.param(f"Paper\n\n{HEADLINE}\n\n{BODY}", "Paper", HEADLINE, BODY, id="publisher and headline"),
    pytest.param(f"{HEADLINE}\n\n{BODY}", None, HEADLINE, BODY, id="headline alone"),
    pytest.param(BODY, None, "story", BODY, id="body alone: the file's name is the title"),
    pytest.param(f"\ufeffPaper\r\n\r\n{HEADLINE}\r\n \r\n{BODY}", "Paper", HEADLINE, BODY, id="BOM, CRLF"),
    pytest.param(f"\n\n  {HEADLINE}  \n\n{BODY}\n\n", None, HEADLINE, BODY, id="white space around"),
    pytest.param(f"“War is over.”\n\n{BODY}", None, "story", f"“War is over.”\n\n{BODY}", id="quotation"),
    pytest.param(f"{'word ' * 50}\n\n{BODY}", None, "story", f"{'word ' * 50}\n\n{BODY}", id="long paragraph"),
    pytest.param(f"{'P' * 61}\n\n{HEADLINE}\n\nBody here.", None, "P" * 61, f"{HEADLINE}\n\nBody here.", id="long"),
    pytest.param(f"two\nlines\n\n{BODY}", None, "story", f"two\nlines\n\n{BODY}", id="a heading is one line"),
    pytest.param("Only a heading", None, "Only a heading", "Only a heading", id="heading without body is its own text"),
    pytest.param("Paper\n\nHeadline", None, "Headline", "Paper\n\nHeadline", id="headings without body"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "publisher", "title", "text"), TEXTS)
def test_a_text_file_is_publisher_headline_and_body(tmp_path: Path, content, publisher, title, text):
    path = tmp_path / "story.txt"
    path.write_bytes(content.encode())
    article = taken(read(path)[0])
    assert (article.id, article.publisher, article.title, article.text) == ("story", publisher, title, text.strip())
    assert article.text in content


def test_the_files_of_a_folder_are_read_by_name_subfolders_too(tmp_path: Path):
    for name in ("b.txt", "a.txt", "sub/a.txt", "sub/deep/C.TXT", ".hidden.txt", ".git/x.txt", "notes.md", "z.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(GOOD) if name.endswith("jsonl") else "Some words here.")
    found = [taken(article).id for article in read(tmp_path)]
    assert found == ["a", "b", "sub/a", "sub/deep/C", "good"]


def test_a_link_to_a_folder_is_not_followed_round_in_circles(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Some words here.")
    (tmp_path / "again").symlink_to(tmp_path)
    assert [taken(article).id for article in read(tmp_path)] == ["a"]


# -- JSONL -----------------------------------------------------------------------------------------------------------


def test_the_text_of_a_line_is_kept_exactly_as_given():
    text = "  \r\n“Tabs\t and\u00a0spaces”\n\n\u202eleft\u202c 🙂 e\u0301 \n"
    line = {"id": "x", "title": " T ", "text": text, "publisher": None, "url": "https://x.example/a", "more": [1]}
    article = taken(read("-", stdin=json.dumps(line).encode())[0])
    assert article == Article(id="x", title=" T ", text=text, url="https://x.example/a")
    assert article.text == text


def test_blank_lines_and_a_missing_title_are_no_mistakes():
    found = read("-", stdin=b'\n{"id": "a", "text": "One word"}\n  \n{"id": "b", "title": null, "text": "Two words"}')
    assert [(taken(a).id, taken(a).title) for a in found] == [("a", ""), ("b", "")]


def test_refused_lines_are_named_by_file_and_number_and_the_others_go_in(tmp_path: Path):
    path = tmp_path / "many.jsonl"
    path.write_text(f'{json.dumps(GOOD)}\n{{"id": "x"}}\nnonsense\n{json.dumps({**GOOD, "id": "last"})}\n')
    first, second, third, last = read(path)
    assert (taken(first).id, taken(last).id) == ("good", "last")
    assert refused(second).name == f"{path}:2"
    assert refused(third).name == f"{path}:3"


BAD_LINES = [
    pytest.param({"id": "x"}, "'text' is missing or empty", id="no text"),
    pytest.param({"id": "x", "text": ""}, "'text' is missing or empty", id="empty text"),
    pytest.param({"id": "x", "text": None}, "'text' is missing or empty", id="null text"),
    pytest.param({"text": "words"}, "'id' is missing or empty", id="no id"),
    pytest.param({"id": "", "text": "words"}, "'id' is missing or empty", id="empty id"),
    pytest.param({"id": 5, "text": "words"}, "'id' is wrong", id="id is a number"),
    pytest.param({"id": "x", "text": ["words"]}, "'text' is wrong", id="text is a list"),
    pytest.param({**GOOD, "publisher": 7}, "'publisher' is wrong", id="publisher is a number"),
    pytest.param({"id": "x", "text": " \n "}, "holds no words", id="white space"),
    pytest.param({"id": "x", "text": "123 !?"}, "holds no words", id="no letters"),
    pytest.param({"id": "x", "text": "half \ud800"}, "parse raw data as a unicode", id="surrogate in text"),
    pytest.param({**GOOD, "publisher": "half \udfff"}, "half a surrogate pair", id="surrogate in publisher"),
    pytest.param({**GOOD, "id": "a\nb"}, "control characters", id="line end in id"),
    pytest.param({**GOOD, "id": "i" * (MAX_ID + 1)}, "longer than", id="long id"),
    pytest.param({**GOOD, "text": "x" * (MAX_PARAGRAPH + 1)}, "a paragraph is longer", id="long paragraph"),
    pytest.param(["id", "text"], "not a JSON object", id="list"),
    pytest.param("words", "not a JSON object", id="string"),
    pytest.param(None, "not a JSON object", id="null"),
]


@pytest.mark.parametrize(("value", "reason"), BAD_LINES)
def test_a_line_that_is_no_article_is_refused_and_the_next_goes_in(value, reason):
    bad, good = read("-", stdin=f"{json.dumps(value)}\n{json.dumps(GOOD)}".encode())
    assert reason in refused(bad).reason
    assert bad.name == "-:1"
    assert taken(good).id == "good"


BAD_BYTES = [
    pytest.param(b"{", "not JSON", id="cut off"),
    pytest.param(b"<html>", "not JSON", id="HTML"),
    pytest.param(b"[" * 200_000, "not JSON", id="deep nesting"),
    pytest.param(b'{"id": 1' + b"0" * 5000 + b"}", "not JSON", id="endless number"),
    pytest.param(b"\xff\xfe{}", "not UTF-8", id="invalid UTF-8"),
    pytest.param(b"\x00\x01\x02", "binary", id="binary"),
]


@pytest.mark.parametrize(("data", "reason"), BAD_BYTES)
def test_a_line_that_is_no_json_is_refused_and_the_next_goes_in(data, reason):
    bad, good = read("-", stdin=data + b"\n" + json.dumps(GOOD).encode())
    assert reason in refused(bad).reason
    assert taken(good).id == "good"


def test_nothing_on_standard_input_is_refused():
    (bad,) = read("-")
    assert refused(bad).name == "-"
    assert "empty" in bad.reason


# -- files that cannot be taken --------------------------------------------------------------------------------------


def sparse(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def written(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


BAD_FILES = [
    pytest.param("empty.txt", written(b""), "empty", id="empty text"),
    pytest.param("blank.txt", written(b" \n\t "), "empty", id="blank text"),
    pytest.param("empty.jsonl", written(b""), "empty", id="empty JSONL"),
    pytest.param("bom.txt", written(b"\xef\xbb\xbf"), "empty", id="byte order mark alone"),
    pytest.param("spaces.txt", written("\u00a0\u2003".encode()), "empty", id="wide spaces alone"),
    pytest.param("numbers.txt", written(b"1 2 3"), "holds no words", id="no letters"),
    pytest.param("picture.txt", written(b"\x89PNG\r\n\x1a\n\0\0"), "binary", id="binary text"),
    pytest.param("long.txt", written(b"x " * (MAX_BYTES // 2 + 1)), "longer than", id="long text"),
    pytest.param("line.txt", written(b"x" * (MAX_PARAGRAPH + 1)), "a paragraph is longer", id="one line"),
    pytest.param("sparse.txt", sparse(50_000_000), "longer than|binary|empty", id="50 MB of zeros as text"),
    pytest.param("sparse.jsonl", sparse(50_000_000), "longer than", id="50 MB of zeros as one line"),
    pytest.param("latin.txt", written("Málaga".encode("latin-1")), "not UTF-8", id="Latin-1"),
    pytest.param("utf16.txt", written("Words".encode("utf-16")), "binary", id="UTF-16"),
    pytest.param("page.pdf", written(b"words"), "cannot read .pdf", id="unknown ending"),
    pytest.param("page.html", written(b"<p>words</p>"), "words of prose", id="page without a story"),
    pytest.param("long.html", written(b"<p>" + b" " * 10_000_001), "longer than 10,000,000", id="page too long"),
    pytest.param("README", written(b"words"), "files without an ending", id="no ending"),
    pytest.param("gone.txt", lambda _: None, "no such file or folder", id="missing file"),
    pytest.param("gone", lambda _: None, "no such file or folder", id="missing folder"),
    pytest.param("folder", Path.mkdir, "holds no .txt, .jsonl or .html file", id="empty folder"),
    pytest.param("loop.txt", lambda path: path.symlink_to(path), "cannot be read", id="link to itself"),
    pytest.param(os.fsdecode(b"M\xe1laga.txt"), written(b"words"), "name is not UTF-8", id="name in Latin-1"),
    pytest.param("x" * 300 + ".txt", lambda _: None, "cannot be read", id="name too long"),
]


@pytest.mark.parametrize(("name", "make", "reason"), BAD_FILES)
def test_an_input_that_cannot_be_taken_is_refused_and_the_others_go_in(tmp_path: Path, name, make, reason):
    make(tmp_path / name)
    good = tmp_path / "good.txt"
    good.write_text("A good text.")
    before, bad, after = read(good, tmp_path / name, good)
    assert any(part in refused(bad).reason for part in reason.split("|")), bad
    assert bad.name.removesuffix(":1") == str(tmp_path / name)
    assert taken(before) == taken(after)


def test_a_line_of_fifty_megabytes_is_passed_over_and_the_next_goes_in(tmp_path: Path):
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.truncate(50_000_000)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + json.dumps(GOOD).encode())
    bad, good = read(path)
    assert "longer than" in refused(bad).reason
    assert taken(good).id == "good"


@pytest.mark.parametrize("address", ["http://x.example/a", "https://x.example/feed"])
def test_an_address_is_refused_where_nothing_reads_the_web(address):
    (bad,) = read(address)
    assert refused(bad).name == address


@pytest.mark.parametrize("address", ["ftp://example.com/x", "file:///etc/passwd", "S3://bucket/a.html"])
def test_an_address_of_another_scheme_is_refused_as_it_was_typed(address):
    (bad,) = read(address)
    assert str(refused(bad)).startswith(f"{address}: only http and https addresses can be read")


@pytest.mark.parametrize("name", ["feeds.opml", "feed.xml", "gone.OPML"])
def test_a_file_of_addresses_is_for_what_reads_the_web(tmp_path: Path, name):
    path = str(tmp_path / name)
    assert needs_web(path)
    good = Article(id="a", title="A", text="A good text.")
    assert list(read_sources([path], io.BytesIO(), lambda source: iter([good] if source == path else []))) == [good]
    assert "addresses are not read here" in refused(read(path)[0]).reason


def test_a_folder_is_read_whatever_it_is_called(tmp_path: Path):
    (tmp_path / "a.xml").mkdir()
    (tmp_path / "a.xml" / "a.txt").write_text("Some words here.")
    assert taken(read(tmp_path / "a.xml")[0]).id == "a"


@pytest.mark.parametrize(
    ("source", "is_one"), [("HTTPS://x.example", True), ("http://x", True), ("ftp://x", False), ("https:x.txt", False)]
)
def test_a_source_is_an_address_by_its_scheme(source, is_one):
    assert is_address(source) is is_one


def test_two_files_of_one_name_are_told_apart_by_their_whole_names(tmp_path: Path):
    one, two, same = (tmp_path / name for name in ("story.txt", "other/story.txt", "same/story.txt"))
    two.parent.mkdir(), same.parent.mkdir()
    one.write_text("Some words here."), two.write_text("Others there."), same.write_text("Some words here.")
    first, second, third, again = read(one, two, same, one)
    assert taken(first) == taken(third) == taken(again)
    assert refused(second).name == str(two)
    assert refused(second).reason.startswith(f"has the same name as {one}, ")


def test_an_address_is_read_by_what_reads_the_web_and_checked_as_a_file_is():
    def web(address: str):
        yield Article(id=address, title="A", text="A good text.")
        yield InputError(f"{address}/2", "is gone; leave it out")
        yield Article(id=f"{address}/3", title="A", text="long" * 30_000)

    good, gone, long = read_sources(["https://x.example"], io.BytesIO(), web)
    assert taken(good).id == "https://x.example"
    assert refused(gone).name == "https://x.example/2"
    assert "a paragraph is longer" in refused(long).reason


def test_a_bad_file_in_a_folder_stops_no_other(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Some words here.")
    (tmp_path / "b.txt").write_bytes(b"\xff\xff")
    (tmp_path / "c.txt").write_text("Some words here.")
    (tmp_path / "d.txt").symlink_to(tmp_path / "nowhere")
    a, b, c, d = read(tmp_path)
    assert (taken(a).id, taken(c).id) == ("a", "c")
    assert refused(b).name == str(tmp_path / "b.txt")
    assert "no such file" in refused(d).reason


# -- permissions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that everyone may read: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def as_reader() -> Iterator[None]:
    """Read as somebody whom permissions bind: they do not bind root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)


@pytest.fixture
def closed(readable: Path) -> Iterator[Path]:
    """A folder with two good files and, between them, a file and two folders that may not be read."""
    for name in ("a.txt", "b.txt", "c/x.txt", "d/e/x.txt", "z.txt"):
        (readable / name).parent.mkdir(parents=True, exist_ok=True)
        (readable / name).write_text("Some words here.")
    modes = {"b.txt": 0o000, "c": 0o000, "d": 0o444}
    for name, mode in modes.items():
        (readable / name).chmod(mode)
    yield readable
    for name in modes:
        (readable / name).chmod(0o700)


@pytest.mark.usefixtures("as_reader")
def test_what_may_not_be_read_is_refused_and_the_others_go_in(closed: Path):
    found = read(closed)
    bad = [refused(result) for result in found if isinstance(result, InputError)]
    assert [result.id for result in found if isinstance(result, Article)] == ["a", "z"]
    assert [Path(error.name).relative_to(closed).as_posix() for error in bad] == ["b.txt", "c", "d/e"]
    assert {error.reason for error in bad} == {"may not be read; change its permissions"}


@pytest.mark.usefixtures("as_reader")
def test_a_closed_folder_given_by_name_is_refused_once(closed: Path):
    closed_folder, inside = read(closed / "c", closed / "c" / "x.txt")
    assert refused(closed_folder).name == str(closed / "c")
    assert refused(inside).name == str(closed / "c" / "x.txt")
