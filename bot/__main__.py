"""The command line. Each command imports what it needs when it runs, so that none pays for another's parts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.errors import SettingsError

if TYPE_CHECKING:
    from knowledge.library import Library
    from knowledge.models import InterestKind

__all__ = ["app", "main"]

app = typer.Typer(
    name="onrecord",
    help="Ask a story anything; get the sentence that says it, who said it, and where it stands.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="The database; default ONRECORD_DATABASE or sqlite:///onrecord.db."),
]
ArticleId = Annotated[str | None, typer.Option("--article", metavar="ID", help="Answer from this article only.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def main() -> None:
    """Run the command line; errors are one line on stderr.

    The exit code is 0 when done, 1 when some inputs were refused, a check failed or something was not at hand, 2 when
    it was called, or its settings are, in a way that will never do.
    """
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has had enough (`onrecord export quotes | head`); nothing more can be said to them.
        sys.stdout = None
        sys.exit(0)
    except SettingsError as error:
        _complain(str(error))
        sys.exit(2)
    except Exception as error:
        from knowledge.store.trouble import complaint

        if (line := complaint(error)) is None:
            raise
        _complain(line)
        sys.stdout = None  # what it still holds may be what there is no room for
        sys.exit(1)


@app.command()
def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help=".txt, .html, .jsonl, .opml and .xml files, folders, addresses, - for JSONL."
        ),
    ],
    database: Database = None,
    as_json: AsJson = False,
    engine: Annotated[
        str, typer.Option(metavar="local|ray", help="Build in processes of this machine, or on Ray.")
    ] = "local",
    address: Annotated[
        str | None, typer.Option(metavar="ADDR", help="A running Ray cluster; default one of this machine alone.")
    ] = None,
) -> None:
    """Read articles into the knowledge base."""
    from bot.ingesting import ENGINES, ingest_sources
    from bot.web import web_of_settings

    if engine not in ENGINES:
        raise typer.BadParameter(f"choose one of {', '.join(ENGINES)}", param_hint="--engine")
    if address is not None and engine != "ray":
        raise typer.BadParameter("is of a Ray cluster; add --engine ray", param_hint="--address")
    rejected = ingest_sources(
        _database(database), sources, as_json=as_json, engine=engine, address=address, web=web_of_settings
    )
    raise typer.Exit(1 if rejected else 0)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION")] = None,
    database: Database = None,
    article: ArticleId = None,
    as_json: AsJson = False,
    batch: Annotated[
        str | None,
        typer.Option("--batch", metavar="FILE", help="Answer JSONL questions (id, question, article_id), as JSONL."),
    ] = None,
    explained: Annotated[
        bool, typer.Option("--explain", help="Show how it was read, what was considered, and why.")
    ] = False,
) -> None:
    """Answer one question, or a file of them."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a QUESTION or --batch FILE")
    if explained and (batch is not None or as_json):
        raise typer.BadParameter("--explain is for one question and for reading; leave --batch and --json out")
    if batch is not None:
        from bot.batch import answer_batch

        with _library(database) as library:
            raise typer.Exit(answer_batch(library, batch))
    from bot.dialogue import Dialogue
    from bot.terminal import plain_text, safe

    with _library(database) as library:
        if explained:
            from bot.explain import explain

            print(safe(explain(library.answerer.consider(_readable(question or ""), article))), end="")
        elif as_json:
            print(library.answerer.answer(_readable(question or ""), article).model_dump_json())
        else:
            print(plain_text(Dialogue(library, article).ask("ask", _readable(question or ""))), end="")


@app.command()
def chat(database: Database = None, article: ArticleId = None, as_json: AsJson = False) -> None:
    """Talk to the bot in the terminal; lines from a pipe are read too."""
    from bot.dialogue import Dialogue
    from bot.terminal import chat as hold_chat
    from bot.terminal import lines_from

    with _library(database, create=True) as library:
        hold_chat(
            Dialogue(library, article),
            lines_from(sys.stdin),
            sys.stdout,
            interactive=sys.stdin.isatty(),
            as_json=as_json,
        )


@app.command()
def run(database: Database = None) -> None:
    """Run the Telegram bot: by polling, or by webhook when ONRECORD_WEBHOOK_URL is set."""
    from bot.app import run as run_bot
    from bot.dialogue import Dialogue
    from bot.settings import load_settings

    settings = load_settings().model_copy(update={"database": _database(database)})
    with _library(database, create=True) as library:
        dialogue = Dialogue(library, questions_logged=settings.log_questions, memory_stored=settings.shared)
        raise typer.Exit(run_bot(settings, dialogue))


@app.command()
def watch(
    database: Database = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Watch the feeds without the bot (`run` does so by itself): ONRECORD_FEEDS, and those added in the chat."""
    from bot.settings import load_settings
    from bot.watch import watch as watch_feeds

    raise typer.Exit(watch_feeds(load_settings(), _database(database), with_parent=with_parent))


@app.command()
def start(
    seeds: Annotated[Path, typer.Option(help="Articles to read first.")] = Path("seeds"), database: Database = None
) -> None:
    """Read the seed articles, then run the Telegram bot, or, without a token, the chat in the terminal."""
    from bot.environment import has_token
    from bot.settings import load_settings

    load_settings()  # a wrong value stops the start with its name, with a token or without
    if seeds.is_dir():
        from bot.ingesting import ingest_sources

        ingest_sources(_database(database), [str(seeds)], as_json=False)
    if has_token():
        run(database)
    else:
        print("No TELEGRAM_BOT_TOKEN is set, so let us talk here. Ask away, or /help; Ctrl-D ends.")
        chat(database)


@app.command()
def digest(
    since: Annotated[str, typer.Option(metavar="TIME", help="How long ago: 30m, 12h, 7d, 2w.")] = "7d",
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="NAME", help="What somebody is quoted with.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option("--topic", metavar="TEXT", help="What holds all the words; -WORD: not that.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option("--source", metavar="NAME", help="What a publisher has.")] = None,
    database: Database = None,
) -> None:
    """Print what a subscriber would get; of everything, when nothing is named."""
    from datetime import UTC, datetime

    from bot.digesting import digest_text, read_span

    try:
        moment = datetime.now(UTC) - read_span(since)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error
    given: dict[InterestKind, list[str] | None] = {"person": person, "topic": topic, "source": source}
    asked = [(kind, _readable(name)) for kind, names in given.items() for name in names or ()]
    with _library(database) as library:
        print(digest_text(library, moment, asked), end="")


@app.command()
def export(
    kind: Annotated[str, typer.Argument(metavar="articles|sentences|quotes|facts")], database: Database = None
) -> None:
    """Print everything held of one kind, as JSON lines."""
    import json

    from knowledge.export import KINDS, export_records
    from knowledge.store.database import open_engine

    if kind not in KINDS:
        raise typer.BadParameter(f"choose one of {', '.join(KINDS)}", param_hint="KIND")
    engine = open_engine(_database(database), create=False)
    try:
        for record in export_records(engine, kind):
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    finally:
        engine.dispose()


@app.command()
def check(database: Database = None) -> None:
    """Prove every stored span against its article's text, and every link between records."""
    from knowledge.store import reading
    from knowledge.store.check import problems
    from knowledge.store.database import open_engine

    engine = open_engine(_database(database), create=False)
    try:
        found = 0
        for problem in problems(engine):
            _complain(problem)
            found += 1
        counted = ", ".join(f"{count:,} {name}" for name, count in reading.counts(engine).items())
    finally:
        engine.dispose()
    print(f"{counted}: {'all sound' if not found else f'{found:,} broken'}")
    raise typer.Exit(1 if found else 0)


@app.command()
def reindex(database: Database = None) -> None:
    """Build the index anew from the database."""
    from bot.environment import index_setting
    from bot.ingesting import progress
    from knowledge.index.follow import rebuild
    from knowledge.index.search import SearchIndex, index_folder
    from knowledge.store.database import open_engine

    url = _database(database)
    engine = open_engine(url, create=False)
    try:
        with progress("Indexing") as step:
            count = rebuild(SearchIndex(index_folder(url, index_setting())), engine, step)
    finally:
        engine.dispose()
    print(f"Indexed {count:,} article{'s' if count != 1 else ''}.")


def _database(option: str | None) -> str:
    from bot.environment import database_url

    return database_url(option)


def _library(option: str | None, *, create: bool = False) -> "Library":
    from bot.environment import index_setting
    from knowledge.library import Library

    return Library.open(_database(option), index=index_setting(), create=create)


def _readable(text: str) -> str:
    """Command-line arguments that are not UTF-8 arrive with lone surrogates, which no answer can be printed with."""
    return text.encode("utf-8", "replace").decode()


def _complain(line: str) -> None:
    print(f"onrecord: {line}", file=sys.stderr)


if __name__ == "__main__":
    main()
