"""The seed article, asked as people ask: slips, nicknames, roles, paraphrase, and what it does not say.

Written before anything was tuned. Each row names the sentences (1-based) of which the first citation must be one.
"""

import pytest

from knowledge.library import Library

ANSWERED = [
    ("what did Wang Yi say", {15, 17, 18}),
    ("what did wang ye say", {15, 17, 18}),
    ("wat did wang ye say about the security council?", {17}),
    ("what did wangyi say", {15, 17, 18}),
    ("Yi Wang quotes", {15, 17, 18}),
    ("wang yi on the security council", {17}),
    ("what did Wang say about a humanitarian catastrophe", {15, 18}),
    ("what did wang say to sergey lavrov", {17}),
    ("what did China's foreign minister say", {15, 17, 18}),
    ("what did the chinese foreign minister tell lavrov", {17}),
    ("what did the chinese forein minster say about major powers", {15, 17}),
    ("what did ushakov say", {6, 7}),
    ("what did yury ushakov say about escalation", {7}),
    ("what did ushakof say about a political settlement", {6}),
    ("ushakov statements", {6, 7}),
    ("what did the kremlin adviser say", {6, 7}),
    ("what did Putin say", {11}),
    ("what did putin say about us policies", {11}),
    ("what did vlad putin say about the west", {11}),
    ("what did president putin say about ukraine", {11}),
    ("what did the kremlin say", {4}),
    ("what did TASS say", {9}),
    ("who is Ushakov", {6}),
    ("whos ushakov", {6}),
    ("who is Putin", {1}),
    ("who is vladmir puttin", {1}),
    ("who is Wang Yi", {16}),
    ("who is lavrov", {16}),
    ("who is netanyahoo", {5}),
    ("who is bibi netanyahu", {5}),
    ("who is Raissi", {4}),
    ("who is bashar assad", {4}),
    ("who is the president of egypt", {5}),
    ("who is the russian foreign minister", {16}),
    ("who said the main thing is to cease the fire", {6}),
    ("who said the midle east conflict is old of character", {7}),
    ("who said the Security Council must take action", {17}),
    ("who said the west is trying to split russia", {11}),
    ("who did Putin call", {4}),
    ("who did putin phone", {4}),
    ("putn call assad?", {4}),
    ("did putin speak to raisi", {4}),
    ("who did Putin intend to speak with", {5}),
    ("how many actors did putin speak with", {2}),
    ("who wants aid to get to Gaza", {9}),
    ("when did Putin enter the diplomatic fray", {1}),
    ("where will putin meet xi jinping", {10}),
    ("why are putin and xi meeting", {10}),
    ("which areas do the palestinians want for a state", {14}),
    ("what would be the capital of the palestinian state", {14}),
    ("when did israel take over the west bank", {14}),
    ("where did wang and lavrov talk", {16}),
    ("who did wang yi meet in beijing", {15, 16}),
    ("what were the outcomes of the calls", {8}),
    ("what has russia warned about", {12}),
    ("what is the basic problem of the conflict", {13}),
    ("who are the permanent members of the un security council", {13}),
    ("what is needed to prevent a humanitarian disaster", {18}),
    ("who does russia maintain ties with", {3}),
    ("what has russia always maintained about a palestinian state", {3}),
    ("humanitarian channel", {18}),
    ("east jerusalm", {14}),
]

REFUSED = [
    "what did Lavrov say",
    "what did Netanyahu say",
    "what did Xi Jinping say",
    "what did abbas say about gaza",
    "what did Biden say",
    "what did zelensky say about the war",
    "what did Erdogan say about the ceasefire",
    "what did Wang Yi say about Taiwan",
    "what did Ushakov say about oil prices",
    "what did Putin say about nuclear weapons",
    "who is Elon Musk",
    "who is Tinubu",
    "what did Christensen say about Bellingham",
    "what is the budget of Nigeria",
    "how many people were killed in the hospital",
    "what is the price of oil",
    "who won the world cup",
    "where was the peace treaty signed",
    "what is the population of Egypt",
    "did the pope visit Israel",
    "who did Biden call",
    "how old is Putin",
    "what did the UN secretary general say",
    "asdf qwerty zxcv",
    "what colour is the sky over Paris",
]


@pytest.mark.parametrize(("question", "sentences"), ANSWERED)
def test_the_first_citation_is_a_right_sentence(seed_library: Library, question: str, sentences: set[int]) -> None:
    answer = seed_library.answerer.answer(question)
    assert answer.answered, [c.sentence for c in answer.nearest]
    assert answer.citations[0].sentence in sentences, [c.sentence for c in answer.citations]


@pytest.mark.parametrize("question", REFUSED)
def test_what_the_article_does_not_say_is_refused(seed_library: Library, question: str) -> None:
    answer = seed_library.answerer.answer(question)
    assert not answer.answered, [(c.sentence, c.text) for c in answer.citations[:2]]
    assert answer.citations == ()
