"""What was sent and reads otherwise now is told, old and new; what stands as it was sent is left alone."""

from knowledge.digest import Bulletin, Correction
from knowledge.library import Library
from knowledge.models import ArticleRecord
from knowledge.store.withdrawing import withdraw
from tests.auxil.records import Said, lines, put
from tests.digest.reader import EVERYTHING, Reader, person, topic

TWELVE = "The flood in Kestrel Bridge has killed twelve people so far."
FIFTEEN = TWELVE.replace("twelve", "fifteen")
NINETEEN = TWELVE.replace("twelve", "nineteen")
MORE = "The mayor asked everybody to stay at home until Friday."


def flood(*sentences: str) -> ArticleRecord:
    return lines(
        "flood",
        "\n".join(sentences),
        title="Flood",
        publisher="River Post",
        url="https://post.example/flood",
        published="2026-03-04",
    )


def follower(library: Library, *sentences: str) -> Reader:
    """Somebody who was sent the first of the sentences."""
    reader = Reader(library, EVERYTHING, since=0)
    put(library, flood(*sentences))
    assert reader.told() == [sentences[0]]
    return reader


def test_a_changed_sentence_is_told_with_both_wordings_and_its_source(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(FIFTEEN, MORE))
    (told,) = [item for item in reader.digest() if isinstance(item, Correction)]
    assert (told.kind, told.before, told.sequence) == ("correction", TWELVE, 2)
    assert told.after is not None
    assert told.after.sentence["text"] == FIFTEEN
    assert library.index.sentence(told.after.sentence["id"]) == told.after.sentence
    assert (told.article, told.title, told.publisher) == ("flood", "Flood", "River Post")
    assert (told.url, told.published) == ("https://post.example/flood", "2026-03-04")
    assert reader.told() == []


def test_two_revisions_in_one_window_are_one_correction(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(FIFTEEN, MORE))
    put(library, flood(NINETEEN, MORE))
    assert reader.told() == [f"{TWELVE} -> {NINETEEN}"]


def test_what_is_changed_back_within_the_window_is_no_correction(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(FIFTEEN, MORE))
    put(library, flood(TWELVE, MORE))
    assert reader.told() == []


def test_a_sentence_that_moved_or_is_spaced_otherwise_is_no_correction(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(MORE, TWELVE.replace(" ", "  ")))
    assert [told for told in reader.told() if "->" in told] == []


def test_a_sentence_that_stood_twice_and_stands_once_is_no_correction(library: Library):
    reader = follower(library, TWELVE, MORE, TWELVE)
    (first,) = reader.sent
    second = first.model_copy(update={"sentence": library.index.of_article("flood")[2]["id"]})
    put(library, flood(TWELVE, MORE))
    bulletin = Bulletin(library.index, library.engine, {EVERYTHING: 1}, 2)
    assert bulletin.changed(1) == {"flood"}
    assert bulletin.corrections([first, second], 1) == ()


def test_what_was_corrected_and_is_corrected_again_is_told_again_from_the_last_wording(library: Library):
    reader = follower(library, TWELVE, MORE)
    for before, after in ((TWELVE, FIFTEEN), (FIFTEEN, NINETEEN), (NINETEEN, TWELVE), (TWELVE, FIFTEEN)):
        put(library, flood(after, MORE))
        assert reader.told() == [f"{before} -> {after}"]
    put(library, flood(FIFTEEN, MORE, "The water is falling at last, the fire service said."))
    assert reader.told() == []


def test_a_sentence_that_vanished_is_told_without_a_new_one_and_once(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(MORE))
    assert reader.told() == [f"{TWELVE} -> correction"]
    put(library, flood(MORE, "The water is falling at last, the fire service said."))
    assert reader.told() == []
    put(library, flood(FIFTEEN, MORE))
    assert reader.told() == [f"{TWELVE} -> {FIFTEEN}"]


def take_back(library: Library) -> None:
    withdraw(library.engine, "flood")
    assert library.follow(patience=10)


def test_the_withdrawal_of_an_article_is_told_once(library: Library):
    reader = follower(library, TWELVE, MORE)
    take_back(library)
    (told,) = reader.digest()
    assert isinstance(told, Correction)
    assert (told.kind, told.before, told.after, told.title) == ("withdrawal", TWELVE, None, "Flood")
    put(library, flood(TWELVE, MORE))
    take_back(library)
    assert reader.told() == []


def test_that_an_article_stands_again_is_told_to_those_who_were_told_that_it_was_withdrawn(library: Library):
    reader = follower(library, TWELVE, MORE)
    for _ in range(2):
        take_back(library)
        assert reader.told() == [f"{TWELVE} -> withdrawal"]
        put(library, flood(TWELVE, MORE))
        (told,) = reader.digest()
        assert isinstance(told, Correction)
        assert (told.kind, told.before, told.title) == ("restored", TWELVE, "Flood")
        assert told.after is not None
        assert told.after.sentence == library.index.of_article("flood")[0]
    put(library, flood(TWELVE, MORE, "The water is falling at last, the fire service said."))
    assert reader.told() == []


def test_an_article_that_stands_again_before_its_withdrawal_was_told_is_nothing_to_tell(library: Library):
    reader = follower(library, TWELVE, MORE)
    take_back(library)
    put(library, flood(TWELVE, MORE))
    assert reader.told() == []


def test_of_an_article_that_stands_again_in_other_words_these_are_told(library: Library):
    reader = follower(library, TWELVE, MORE)
    take_back(library)
    assert reader.told() == [f"{TWELVE} -> withdrawal"]
    put(library, flood(FIFTEEN, MORE))
    assert reader.told() == [f"{TWELVE} -> {FIFTEEN}"]
    take_back(library)
    assert reader.told() == [f"{FIFTEEN} -> withdrawal"]


def test_of_a_quote_over_several_sentences_each_is_corrected(library: Library):
    parts = ["The flood has killed twelve people", "We still look for nineteen", "Nobody has slept"]

    def quoted(*said: str) -> ArticleRecord:
        text = f"“{said[0]}.\n{said[1]},” Gordon Pell said.\n“{said[2]}.”"
        return lines("flood", text, people=["Gordon Pell"], quotes=[Said("Gordon Pell", said, "Gordon Pell", "said")])

    reader = Reader(library, person("gordon pell"), since=0)
    put(library, quoted(*parts))
    assert reader.told() == [f"“{parts[0]}."]
    put(library, quoted(parts[0], parts[1].replace("nineteen", "eleven"), parts[2]))
    before = f"{parts[1]},” Gordon Pell said."
    assert reader.told() == [f"{before} -> {before.replace('nineteen', 'eleven')}"]


def test_of_an_account_with_another_count_the_correction_is_told(library: Library):
    reader = Reader(library, EVERYTHING, since=0)
    counts = [f"The river Alder flooded {count} houses in Kestrel Bridge." for count in (400, 460, 480)]
    put(library, lines("one", counts[0], title="Flood in Kestrel Bridge", published="2026-03-04"))
    put(library, lines("two", counts[1], title="Flood in Kestrel Bridge", published="2026-03-03"))
    assert reader.told() == [counts[0]]
    put(library, lines("two", counts[2], title="Flood in Kestrel Bridge", published="2026-03-03"))
    assert reader.told() == [f"{counts[1]} -> {counts[2]}"]


def test_of_a_corrected_sentence_whose_article_is_withdrawn_the_last_wording_is(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(FIFTEEN, MORE))
    assert reader.told() == [f"{TWELVE} -> {FIFTEEN}"]
    withdraw(library.engine, "flood")
    assert library.follow(patience=10)
    assert reader.told() == [f"{FIFTEEN} -> withdrawal"]


def test_what_changed_before_the_window_is_not_told(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(FIFTEEN, MORE))
    bulletin = Bulletin(library.index, library.engine, {EVERYTHING: 0}, 2)
    assert [len(bulletin.corrections(reader.sent, low)) for low in (0, 1, 2)] == [1, 1, 0]
    assert [bulletin.changed(low) for low in (0, 1, 2)] == [{"flood"}, {"flood"}, set()]


def test_what_was_not_sent_is_not_corrected(library: Library):
    reader = follower(library, TWELVE, MORE)
    put(library, flood(TWELVE, MORE.replace("Friday", "Monday")))
    assert reader.told() == []
    nobody = Reader(library, topic("mayor"))
    put(library, flood(FIFTEEN, MORE))
    assert [told for told in nobody.told() if "->" in told] == []
