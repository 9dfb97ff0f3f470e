"""What has become of articles: their changes in a stretch, how they read at its beginning and since."""

from sqlalchemy import Engine

from knowledge.store.history import History
from knowledge.store.withdrawing import withdraw
from knowledge.store.writing import save
from tests.auxil.records import lines


def article(name: str, *sentences: str):
    return lines(name, "\n".join(sentences))


def test_changes_are_told_by_article_the_one_changed_last_first(engine: Engine) -> None:
    for record in (article("a", "One."), article("b", "One."), article("a", "Two.")):
        save(engine, record)
    withdraw(engine, "b")
    save(engine, article("c", "One."))
    found = History(engine).changes(1, 4)
    assert {name: [(c.sequence, c.kind) for c in of_article] for name, of_article in found.items()} == {
        "b": [(2, "added"), (4, "withdrawn")],
        "a": [(3, "updated")],
    }
    assert list(found) == ["b", "a"]


def test_the_revision_that_was_current_is_known_by_its_number(engine: Engine) -> None:
    save(engine, article("a", "One."))
    save(engine, article("a", "Two."))
    withdraw(engine, "a")
    save(engine, article("b", "One."))
    save(engine, article("a", "Three."))
    history = History(engine)
    assert [history.numbers(low).get("a") for low in range(6)] == [0, 1, 2, 2, 2, None]
    assert history.numbers(3)["b"] == 0


def test_revisions_read_as_they_were_saved(engine: Engine) -> None:
    for texts in (("One.", "Two."), ("Two.", "  Three."), ("Four.",)):
        save(engine, article("a", *texts))
    history = History(engine)
    found = list(history.wordings("a", 1, 3))
    assert [(w.number, w.texts) for w in found] == [(1, ("One.", "Two.")), (2, ("Two.", "Three."))]
    assert len(set(found[0].ids) | set(found[1].ids)) == 4
    assert history.wording(1) == found[0]
