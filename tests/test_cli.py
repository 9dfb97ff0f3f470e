"""The command line as a program: real processes, real files, what is printed where, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.library import Library

ROOT = Path(__file__).parent.parent
SEED_ID = "new-telegraph-putin-middle-east"


@pytest.fixture
def onrecord(tmp_path: Path):
    """Run the command line in an empty folder, without the machine's settings."""

    def run(*arguments: str, text: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ONRECORD_", "TELEGRAM_"))}
        environment = {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **settings}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def database(seed_library: Library) -> str:
    return seed_library.engine.url.render_as_string()


def test_ingest_reads_what_it_can_and_says_what_it_cannot(onrecord, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("The Paper\n\nA Headline\n\nAda Lovelace said the engine weaves patterns.\n")
    (tmp_path / "empty.txt").write_text("")
    done = onrecord("ingest", "good.txt", "empty.txt", "gone.txt", "--json")
    assert done.returncode == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["article_id"], row["status"]) for row in rows] == [
        ("good", "added"),
        ("", "rejected"),
        ("", "rejected"),
    ]
    assert set(rows[0]) == {"article_id", "status", "sentences", "quotes", "facts", "error"}
    assert rows[0]["quotes"] == 1
    errors = done.stderr.splitlines()
    assert len(errors) == 2
    assert errors[0].startswith("onrecord: empty.txt: empty")
    assert errors[1].startswith("onrecord: gone.txt: no such file")
    again = onrecord("ingest", "good.txt")
    assert again.returncode == 0
    assert again.stdout == "Articles: 1 unchanged.\n"
    asked = onrecord("ask", "what did ada lovelace say")
    assert "the engine weaves patterns" in asked.stdout


def test_ingest_reads_jsonl_from_standard_input_and_keeps_the_text_exactly(onrecord) -> None:
    text = "  Ada Lovelace said: “It weaves.”\r\n\r\nSo it did. 😀 "
    done = onrecord("ingest", "-", text=json.dumps({"id": "x", "title": "T", "text": text, "more": 1}) + "\n")
    assert (done.returncode, done.stderr) == (0, "")
    exported = json.loads(onrecord("export", "articles").stdout)
    assert exported["text"] == text
    for line in onrecord("export", "sentences").stdout.splitlines():
        row = json.loads(line)
        assert text[row["start"] : row["end"]] == row["text"]
    assert onrecord("check").returncode == 0


def test_ask_prints_the_contracts_json(onrecord, database: str) -> None:
    done = onrecord("ask", "what did wang ye say", "--json", "--database", database)
    answer = json.loads(done.stdout)
    assert set(answer) == {"question", "answered", "confidence", "kind", "reading", "citations", "nearest"}
    assert answer["reading"] == "what did Wang Yi say"
    citation = answer["citations"][0]
    assert set(citation) == {
        "article_id", "start", "end", "text", "title", "publisher", "url", "published", "sentence", "quote", "span",
    }  # fmt: skip
    assert set(citation["quote"]) == {"speaker", "content", "source", "cue", "type"}
    assert citation["sentence"] == 17


def test_a_batch_is_answered_in_order_and_a_bad_line_is_named(onrecord, database: str, tmp_path: Path) -> None:
    lines = [
        {"id": "b", "question": "who is ushakov"},
        {"id": "a", "question": "who is ushakov", "article_id": "another"},
        {"id": 3, "question": "what did lavrov say", "article_id": SEED_ID},
    ]
    (tmp_path / "questions.jsonl").write_text("\n\n".join(map(json.dumps, lines)) + "\nnonsense\n")
    done = onrecord("ask", "--batch", "questions.jsonl", "--database", database)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"], row["answered"]) for row in rows] == [("b", True), ("a", False), (3, False)]
    assert done.returncode == 1
    assert done.stderr == "onrecord: questions.jsonl:6: not a question; give JSON with id and question\n"
    piped = onrecord("ask", "--batch", "-", "--database", database, text=json.dumps(lines[0]))
    assert (json.loads(piped.stdout)["id"], piped.returncode) == ("b", 0)
    missing = onrecord("ask", "--batch", "missing.jsonl", "--database", database)
    assert missing.returncode == 1
    assert missing.stderr.startswith("onrecord: missing.jsonl: cannot be read")


def test_chat_reads_lines_from_a_pipe(onrecord, database: str) -> None:
    done = onrecord("chat", "--database", database, text="what did wang yi say\n\nand lavrov?\n")
    assert done.returncode == 0
    assert "Wang Yi (Chinese Foreign Minister), 3 statements." in done.stdout
    assert "The articles quote nothing by Sergei Lavrov." in done.stdout


def test_chat_in_json_gives_an_answer_a_line_and_remembers(onrecord, database: str) -> None:
    lines = "what did wang yi say\nwhat else\nand lavrov?\n/people\nsource\n"
    done = onrecord("chat", "--json", "--article", SEED_ID, "--database", database, text=lines)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["answered"] for row in rows] == [True, True, False, False, False]
    assert rows[1]["citations"][0]["sentence"] == 15
    assert rows[2]["nearest"][0]["sentence"] == 16


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ask"], 2, "QUESTION"),
        (["ask", "x", "--batch", "y"], 2, "QUESTION"),
        (["export", "everything"], 2, "articles, sentences, quotes, facts"),
        (["ingest"], 2, "SOURCE"),
        (["frobnicate"], 2, "frobnicate"),
        (["ask", "who"], 1, "onrecord: onrecord.db: no such database; `onrecord ingest SOURCE` makes it"),
        (["check"], 1, "no such database"),
        (["reindex"], 1, "no such database"),
        (["export", "quotes"], 1, "no such database"),
        (["ask", "who", "--database", "nonsense"], 1, "ONRECORD_DATABASE"),
        (["ask", "who", "--database", "sqlite://"], 1, "in memory"),
        (["run"], 2, "TELEGRAM_BOT_TOKEN"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said_in_one_line(onrecord, arguments: list[str], code: int, says: str) -> None:
    done = onrecord(*arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    if code == 1:
        assert len(done.stderr.splitlines()) == 1


def test_check_names_what_is_broken(onrecord) -> None:
    onrecord("ingest", "-", text=json.dumps({"id": "x", "text": "Ada Lovelace said it weaves."}))
    sound = onrecord("check")
    assert (sound.returncode, sound.stderr) == (0, "")
    assert sound.stdout.startswith("1 articles, 1 sentences")
    import sqlite3

    connection = sqlite3.connect(Path(onrecord.__closure__[0].cell_contents) / "onrecord.db")
    connection.execute("UPDATE sentences SET text_end = 10000")
    connection.commit()
    connection.close()
    broken = onrecord("check")
    assert broken.returncode == 1
    assert "onrecord: article x: sentence 1 [0, 10000) is not a stretch of the text" in broken.stderr


def test_reindex_makes_the_index_anew(onrecord, tmp_path: Path) -> None:
    import shutil

    onrecord("ingest", "-", text=json.dumps({"id": "x", "text": "Ada Lovelace said it weaves."}))
    shutil.rmtree(tmp_path / "onrecord.db.index")
    assert onrecord("reindex").stdout == "Indexed 1 article.\n"
    assert "it weaves" in onrecord("ask", "what did ada lovelace say").stdout


def test_start_reads_the_seeds_and_talks_when_there_is_no_token(onrecord) -> None:
    seeds = str(ROOT / "seeds")
    done = onrecord("start", "--seeds", seeds, text="what did wang yi say\n")
    assert done.returncode == 0
    assert "18 sentences" in done.stdout
    assert "No TELEGRAM_BOT_TOKEN is set" in done.stdout
    assert "Wang Yi (Chinese Foreign Minister), 3 statements." in done.stdout
    again = onrecord("start", "--seeds", seeds, text="")
    assert again.returncode == 0
    assert "1 unchanged" in again.stdout


def test_output_that_nobody_reads_is_no_error(database: str) -> None:
    command = f"{sys.executable} -m bot export facts --database {database} | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_questions_of_any_bytes_are_answered(onrecord, database: str) -> None:
    for question in ("\udcff\udcfe", "😀" * 50, "body:(* AND NOT", "<b>\x1b[31m", "؟من هو بوتين", "x" * 4096):
        done = onrecord("ask", question, "--json", "--database", database)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["kind"]
