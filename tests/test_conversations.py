"""Conversations over a dozen invented stories and the seed, typed as people type: what must come first in each reply.

What is expected was written before any of it was run. A turn that the bot gets wrong says why it is ``wrong``.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import pytest

from bot.dialogue import Dialogue
from bot.replies import Reply
from bot.terminal import plain_text
from knowledge.answer.decide import Reason
from knowledge.build import build_record
from knowledge.library import Library
from knowledge.models import Answer, Article
from knowledge.store.writing import save
from tests.auxil.stories import STORIES

REFUSED = ""


class Turn(NamedTuple):
    """What is typed, and which words (any of several) the sentence has that comes first; none when it is refused."""

    typed: str
    expected: str | tuple[str, ...]
    reason: Reason | None = None
    wrong: str | None = None


FERRY = [
    Turn("wat happend to the ferry solveig", "taken out of service"),
    Turn("how many passngers were on it", "All 214 passengers"),
    Turn("how did they get ashore", "by fishing boats"),
    Turn("who was blamed for the fire", "worn fuel hose"),
    Turn("what did captain brekke say", ("never been prouder", "under control")),
    Turn("what else did he say", ("never been prouder", "under control")),
    Turn("and vinge?", ("full inspection", "No ship sails", "lose its licence")),
    Turn("who is that", "Transport Minister Astrid Vinge"),
    Turn("when will servises resume", "resume on Friday"),
    Turn("show me the source", "resume on Friday"),
]
LIBRARIES = [
    Turn("how much wuold the closures save", "save 640,000 pounds"),
    Turn("who said that?", "save 640,000 pounds"),
    Turn("what was the vote", "nine to six"),
    Turn("what did oyelaran say", ("balance sheet", "betrayal of children", "to court")),
    Turn("about court", "to court"),
    Turn("and quill?", REFUSED, "not_on_topic"),
    Turn("which branches will shut", "Eastgate, Millbrook and Harrow Lane"),
    Turn("when?", "on 31 March"),
    Turn("what did pete nwosu say", ("offer from volunteers", "90,000 pounds")),
    Turn("about the boiler", REFUSED, "not_on_topic"),
    Turn("no i meant quill", "mend a boiler"),
]
DAM = [
    Turn("how long is the crack in the osk dam", "four metres long"),
    Turn("who noticed it", "night watchman, Jonas Petrik"),
    Turn("what did he say", "tap left running"),
    Turn("and the chief enginer?", ("danger of collapse", "two metres a day", "until September")),
    Turn("when will it be fixed", "until September", wrong="paraphrase: fixed is not repaired to it"),
    Turn("what did governer ortega promise", "1,500 dollars"),
    Turn("when was that", "on Monday and promised"),
    Turn("does brandel still have power", "enough electricity"),
    Turn("why", "two gas plants"),
    Turn("how many people had to leave", "3,000 people"),
    Turn("context", "3,000 people"),
]
STRIKE = [
    Turn("how many dockworkers walked out", "About 2,800 dockworkers"),
    Turn("how much of a pay rise do they want", "11 percent"),
    Turn("and what was offered", "offered 5 percent"),
    Turn("what did lindquist say", ("nine million euros", "bakers", "generous")),
    Turn("more", ("nine million euros", "bakers", "generous")),
    Turn("what did carla say", ("shelves full", "serious offer")),
    Turn("and farid mansour", "coffee for two weeks"),
    Turn("why did the talks break down", "night shifts"),
    Turn("when", "on Saturday"),
    Turn("who is the mediater", "judge Ruth Abelson"),
    Turn("is she hopeful?", "hopeful but not naive"),
]
CROWN = [
    Turn("what got stolen from the museum", "stole a golden crown"),
    Turn("how old is it", "900 years old"),
    Turn("whose was it", "belonged to Queen Aldis", wrong="nothing of the topic is asked, and another story answers"),
    Turn("how did the thieves come in", "through the roof"),
    Turn("did the baker see them", "saw a white van"),
    Turn("what did she say", "fishmonger"),
    Turn("and thiel?", ("member of the family", "50,000 francs")),
    Turn("how much is the reward", "50,000 francs"),
    Turn("has anyone been arested", "nobody had been arrested"),
    Turn("who said that", "nobody had been arrested"),
    Turn("when does the museum open again", "closed until Tuesday"),
]
COUGH = [
    Turn("what did bill stroud say", ("sick children", "by video", "medicines")),
    Turn("about lessons", "by video until Monday"),
    Turn("and raman?", REFUSED, "not_on_topic"),
    Turn("what did she say about the vaccine", "it is safe"),
    Turn("how many kids were vaccinated", "61 percent"),
    Turn("why is the rate so low", "clinic in 2019"),
    Turn("what did kevin yates say", "so quiet"),
    Turn("and the comissioner", "mobile clinic"),
    Turn("how many children will it have room for", "200 children a day"),
]
ELECTION = [
    Turn("who is helen maddox running against", "her own brother"),
    Turn("what did she say about robert", "never balanced a budget"),
    Turn("and what did robert maddox say", ("tax the rain", "fuel tax")),
    Turn("about the fuel tax", "by a third"),
    Turn("who is liz crane", "outgoing governor, Elizabeth Crane"),
    Turn("who does she endorse", "not endorse either"),
    Turn("whos ahead in the poll", "by three points"),
    Turn("when is the election", "on 4 November"),
    Turn("what did the polster say", "one voter in five"),
    Turn("why does helen maddox want to build homes", "rents in the capital"),
]
COACH = [
    Turn("why was fontana fired", "ninth straight defeat"),
    Turn("what did he say", "head high"),
    Turn("karaman? what did he say", ("a language everybody", "night’s sleep")),
    Turn("and the team captain what did he say", ("apologised to", "be ashamed")),
    Turn("who did they lose to", "Penrick Town"),
    Turn("how many peple watched", "18,500 spectators", wrong="people who were told to leave are counted"),
    Turn("who takes charge now", "Greta Lindholm will take charge"),
    Turn("what did she say", "change nothing"),
    Turn("when did fontana join", "joined the club in 2021"),
]
WOLVES = [
    Turn("what did novotny say about dogs", "electric fences"),
    Turn("and wrona?", REFUSED, "not_on_topic"),
    Turn("so what did she say then", ("his own garden", "in the barn", "an insult")),
    Turn("how many sheep did she lose", "23 sheep"),
    Turn("how much will farmers get for a lost sheep", "200 crowns"),
    Turn("who said that?", "200 crowns"),
    Turn("why cant they hunt the wolves", "protected by law"),
    Turn("how many wolves are there", "pack of seven wolves"),
    Turn("no i meant sheep", "23 sheep"),
    Turn("what else did novotny say", "without a roof"),
]
MOON = [
    Turn("how many kilometers wide is the new moon", "14 kilometres wide"),
    Turn("who discovered it", ("by accident", "Astronomers at the Mount Eyra")),
    Turn("what did kate boyle say", ("by accident", "sea nymph", "26 nights")),
    Turn("what else did she say", ("by accident", "sea nymph", "26 nights")),
    Turn("and tanabe", "speck of dust"),
    Turn("what about carrel", ("not a proof", "second telescope")),
    Turn("how much did the telescope cost", "85 million dollars"),
    Turn("and the mirror?", "mirror of six metres"),
    Turn("when will the results be publised", "published in June"),
]
FLOOD = [
    Turn("why did the flood wall fail", "a metre too low"),
    Turn("who said so", "a metre too low"),
    Turn("what did lucia ortega say", ("insured", "three times")),
    Turn("and dunmore?", ("We knew", "by 2027", "too low")),
    Turn("what did he promise", "by 2027"),
    Turn("how much will it cost", "22 million pounds"),
    Turn("how long did the fire crews work", "30 hours"),
    Turn("are people missing", "Two people were missing"),
    Turn("show me the source", "Two people were missing"),
]
MERGER = [
    Turn("how much is orrin paying for pelegrin", "3.2 billion dollars"),
    Turn("what did marco pellegrin say about his grandfather", "handcart"),
    Turn("and lang?", REFUSED, "not_on_topic"),
    Turn("what did she say about factories", "before 2028"),
    Turn("and osgood?", "not worth the paper"),
    Turn("how many jobs are at risk", "700 jobs"),
    Turn("why did the shares fall", "feared the debt"),
    Turn("what did the analyst say", "price was too high"),
    Turn("what did beatrice lang say about the weather", REFUSED, "not_on_topic"),
]
SEED = [
    Turn("what did wang ye say", ("must take action", "humanitarian")),
    Turn("and lavrov?", REFUSED, "not_quoted"),
    Turn("who did putin call", "phone conversations"),
    Turn("what did ushakov say about escalation", "old of character"),
    Turn("what else did he say", "cease the fire"),
    Turn("and putin?", "split Russia apart"),
]
ACROSS = [
    Turn("what did ferrante say", ("through the roof", "which case", "been arrested")),
    Turn("and what did pell say", ("old bridge", "30 hours")),
    Turn("why", REFUSED),
    Turn("who got rescued from the roof", "elderly couple"),
    Turn("how many houses were flooded", "400 houses"),
    Turn("where?", "Kestrel Bridge"),
    Turn("who is benedetti", "union leader Carla Benedetti"),
    Turn("and lindqvist", "director, Hugh Lindqvist"),
    Turn("brekke", "Captain Tomas Brekke"),
    Turn("no i meant beatrice lang", "chief executive, Beatrice Lang"),
    Turn("what did dusek say on hunting", "not allow hunting"),
    Turn("no i meant on sheep", "200 crowns"),
]
REFUSALS = [
    Turn("what did he say", REFUSED, "unclear_person"),
    Turn("what did olga tarasova say", REFUSED, "unknown_person"),
    Turn("what did queen aldis say", REFUSED, "not_quoted"),
    Turn("what did samuel ortega say about football", REFUSED, "not_on_topic"),
    Turn("who won the chess olympiad", REFUSED, "nothing_about_this"),
    Turn("how old is lena marchetti", REFUSED, "nothing_about_this"),
    Turn("how many cars were sold in japan", REFUSED, "nothing_about_this"),
]
PEOPLE = [
    Turn("who is captain brekke", "Captain Tomas Brekke"),
    Turn("and vinge", "Transport Minister Astrid Vinge"),
    Turn("who is he", "Captain Tomas Brekke"),
    Turn("what did governor ortega say", ("own pocket", "enough electricity")),
    Turn("what did marchetti say", ("danger of collapse", "two metres a day", "until September")),
    Turn("thanks", REFUSED),
    Turn("next", ("danger of collapse", "two metres a day")),
    Turn("?!", REFUSED, "nothing_asked", wrong="a line without a word is the last question again"),
]
CONVERSATIONS = {
    "ferry": FERRY,
    "libraries": LIBRARIES,
    "dam": DAM,
    "strike": STRIKE,
    "crown": CROWN,
    "cough": COUGH,
    "election": ELECTION,
    "coach": COACH,
    "wolves": WOLVES,
    "moon": MOON,
    "flood": FLOOD,
    "merger": MERGER,
    "seed": SEED,
    "across": ACROSS,
    "people": PEOPLE,
    "refusals": REFUSALS,
}


@pytest.fixture(scope="session")
def stories(nlp, seed_article: Article, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """All the stories and the seed, read as the product reads them."""
    folder = tmp_path_factory.mktemp("stories")
    with Library.open(f"sqlite:///{folder}/stories.db", create=True) as library:
        for article in (seed_article, *STORIES):
            save(library.engine, build_record(article, nlp))
        library.follow(patience=10)
        yield library


@pytest.fixture(scope="session")
def held(stories: Library) -> dict[str, list[tuple[Answer, Reason | None]]]:
    """Every conversation held once, each with the bot anew: the answers, and why those were refused that were."""
    heard: dict[str, list[tuple[Answer, Reason | None]]] = {}
    for name, turns in CONVERSATIONS.items():
        dialogue = Dialogue(stories)
        heard[name] = []
        for turn in turns:
            answer = answer_of(dialogue.ask(name, turn.typed))
            outcome = dialogue.outcome(name)
            heard[name].append((answer, outcome.reason if outcome else None))
    return heard


def answer_of(reply: Reply) -> Answer:
    assert reply.answer is not None
    return reply.answer


def first(reply: Reply) -> str:
    """The sentence that comes first; empty when the question is refused."""
    answer = answer_of(reply)
    return answer.citations[0].text if answer.answered else REFUSED


def every_turn():
    for name, turns in CONVERSATIONS.items():
        for number, turn in enumerate(turns):
            marks = [pytest.mark.xfail(strict=True, reason=turn.wrong)] if turn.wrong else []
            yield pytest.param(name, number, turn, marks=marks, id=f"{name}-{number + 1}-{turn.typed}")


@pytest.mark.parametrize(("conversation", "number", "turn"), list(every_turn()))
def test_the_right_sentence_comes_first(held, conversation: str, number: int, turn: Turn) -> None:
    answer, reason = held[conversation][number]
    if turn.expected == REFUSED:
        assert not answer.answered, answer.citations[0].text
        assert turn.reason in (None, reason)
        return
    wanted = (turn.expected,) if isinstance(turn.expected, str) else turn.expected
    assert answer.answered, (reason, answer.reading)
    assert any(words in answer.citations[0].text for words in wanted), (answer.citations[0].text, answer.reading)


@pytest.mark.parametrize(
    ("question", "more"),
    [
        ("what did brekke say", "what else did he say"),
        ("what did boyle say", "anything else from her"),
        ("what did marchetti say", "next"),
        ("what did dunmore say", "more"),
    ],
)
def test_more_never_shows_a_sentence_again(stories: Library, question: str, more: str) -> None:
    dialogue = Dialogue(stories)
    shown = [first(dialogue.ask("one", question))]
    while sentence := first(dialogue.ask("one", more)):
        shown.append(sentence)
    assert 2 <= len(shown) == len(set(shown))


def test_another_chat_never_sees_it(stories: Library, held) -> None:
    dialogue = Dialogue(stories)
    for number, (coach, crown) in enumerate(zip(COACH, CROWN, strict=False)):
        for name, turn in (("coach", coach), ("crown", crown)):
            heard, _ = held[name][number]
            assert answer_of(dialogue.ask(name, turn.typed)) == heard
    for lean in ("what did she say", "next", "who said that", "and karaman?"):
        assert dialogue.ask(f"stranger {lean}", lean) == Dialogue(stories).ask("alone", lean)


@pytest.mark.parametrize("question", ["how much will the higher wall cost", "brief me"])
def test_next_is_nothing_that_is_on_the_screen(stories: Library, question: str) -> None:
    dialogue = Dialogue(stories)
    shown = plain_text(dialogue.ask("one", question))
    following = first(dialogue.ask("one", "next"))
    assert not following or following not in shown


@pytest.mark.parametrize(
    ("turns", "names"),
    [
        (["what did maddox say"], ["Helen Maddox", "Robert Maddox"]),
        (["what did ortega say"], ["Lucia Ortega", "Samuel Ortega"]),
        (["who is ortega?"], ["Lucia Ortega", "Samuel Ortega"]),
        pytest.param(["what did fontana say", "and ortega?"], ["Lucia Ortega", "Samuel Ortega"]),
    ],
)
def test_two_people_of_one_last_name_are_both_shown_and_one_can_be_chosen(
    stories: Library, turns: list[str], names: list[str]
) -> None:
    dialogue = Dialogue(stories)
    reply = [dialogue.ask("one", turn) for turn in turns][-1]
    cited = {c.quote.speaker for c in answer_of(reply).citations if c.quote}
    assert cited.issuperset(names)
    buttons = [button for row in reply.buttons for button in row]
    assert sorted(button.label for button in buttons) == names
    for button in buttons:
        chosen = dialogue.press("one", button.action)
        assert chosen is not None
        assert button.label.split()[-2] in plain_text(chosen)
        assert not [b for row in chosen.buttons for b in row if b.label in names]


@pytest.mark.parametrize("typed", ["samuel", "no i meant samuel", "samuel ortega", "i meant the governor"])
def test_a_name_after_the_question_whom_chooses_too(stories: Library, typed: str) -> None:
    dialogue = Dialogue(stories)
    dialogue.ask("one", "what did ortega say")
    assert any(
        words in first(dialogue.ask("one", typed)) for words in ("own pocket", "1,500 dollars", "enough electricity")
    )


@pytest.mark.parametrize(
    ("typed", "articles"),
    [
        ("brief me", None),
        ("whats new", None),
        ("summary of the sporting wire piece", {"coach"}),
        ("tldr of the ledger daily article", {"merger"}),
        ("brief me on the evening lantern story", {"crown"}),
        ("brief me on the wolves", {"wolves"}),
        pytest.param("breif me", None),
        pytest.param("brief me on teh dockworkers strike", {"strike"}),
    ],
)
def test_a_briefing_is_three_to_seven_sentences_in_article_order_no_two_alike(
    stories: Library, typed: str, articles: set[str] | None
) -> None:
    answer = answer_of(Dialogue(stories).ask("one", typed))
    assert answer.kind == "briefing"
    assert 3 <= len(answer.citations) <= 7
    grouped = [(name, [c.sentence for c in group]) for name, group in groupby(answer.citations, lambda c: c.article_id)]
    assert len({name for name, _ in grouped}) == len(grouped)
    assert all(numbers == sorted(set(numbers)) for _, numbers in grouped)
    assert articles is None or grouped[0][0] in articles
    word_sets = [set(c.text.casefold().split()) for c in answer.citations]
    assert all(
        len(one & two) < 0.7 * min(len(one), len(two)) for i, one in enumerate(word_sets) for two in word_sets[:i]
    )


@pytest.mark.parametrize("typed", ["summary of the sporting wire piece", "tldr of the ledger daily article"])
def test_a_briefing_of_one_piece_opens_with_its_lead_and_stays_in_it(stories: Library, typed: str) -> None:
    answer = answer_of(Dialogue(stories).ask("one", typed))
    assert answer.citations[0].sentence == 1
    assert len({c.article_id for c in answer.citations}) == 1
