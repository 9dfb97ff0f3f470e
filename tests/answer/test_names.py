"""Whom a run of words names: by every form, with slips, closed to those who may be meant."""

import pytest

from knowledge.answer.names import Namer
from knowledge.answer.scope import Scope
from knowledge.answer.spelling import Speller
from tests.auxil.records import lines, put

NAMED = [
    pytest.param("ana reyes", {"ana reyes"}, id="full name"),
    pytest.param("reyes", {"ana reyes"}, id="last name"),
    pytest.param("ana", {"ana reyes"}, id="first name"),
    pytest.param("reyes ana", {"ana reyes"}, id="swapped"),
    pytest.param("yi wang", {"wang yi"}, id="swapped, short"),
    pytest.param("wangyi", {"wang yi"}, id="run together"),
    pytest.param("anareyes", {"ana reyes"}, id="run together, long"),
    pytest.param("w carter", {"william carter"}, id="initial"),
    pytest.param("r carter", {"rosa carter"}, id="another initial"),
    pytest.param("bill carter", {"william carter"}, id="nickname"),
    pytest.param("bibi netanyahu", {"binyamin netanyahu"}, id="nickname of a first name"),
    pytest.param("benjamin netanyahu", {"binyamin netanyahu"}, id="another spelling of a first name"),
    pytest.param("mayor reyes", {"ana reyes"}, id="role before the name"),
    pytest.param("mr osei", {"ben osei"}, id="honorific"),
    pytest.param("senator reyes", {"ana reyes"}, id="a title that is not theirs"),
    pytest.param("baker osei", set(), id="another word before the name"),
    pytest.param("the engineer ben osei", {"ben osei"}, id="role and article before the name"),
    pytest.param("the mayor of norland", {"ana reyes"}, id="role"),
    pytest.param("mayor of norland", {"ana reyes"}, id="role without its article"),
    pytest.param("china foreign minister", {"wang yi"}, id="role of several words"),
    pytest.param("chinese minister", {"wang yi"}, id="most of a role"),
    pytest.param("chinese transport minister", set(), id="another role"),
    pytest.param("minister", set(), id="too little of a role"),
    pytest.param("ministry", set(), id="too little of a group"),
    pytest.param("ministry of transport", {"ministry of transport"}, id="group"),
    pytest.param("the ministry of transport", {"ministry of transport"}, id="group with its article"),
    pytest.param("carter", {"rosa carter", "william carter"}, id="two people with one last name"),
    pytest.param("mr carter", {"rosa carter", "william carter"}, id="two people, honorific"),
    pytest.param("biden", set(), id="nobody"),
    pytest.param("joe carter", set(), id="another first name"),
    pytest.param("reyes osei", set(), id="two people at once"),
    pytest.param("ana reyes jr", set(), id="a son of the one named"),
    pytest.param("the", set(), id="article alone"),
    pytest.param("", set(), id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("run", "keys"), NAMED)
def test_a_run_of_words_names_those_it_may_mean(namer, scope, run, keys):
    found = namer.slot(run.split(), scope())
    assert {named.key for named in found} == keys
    assert all(0.7 < named.score <= 1 for named in found)


SLIPS = [
    ("wang ye", "wang yi"),
    ("anna reyes", "ana reyes"),
    ("ana reyse", "ana reyes"),
    ("oseii", "ben osei"),
    ("netanyahoo", "binyamin netanyahu"),
    ("wiliam cartr", "william carter"),
    ("chinese forein minster", "wang yi"),
    ("minstry of transprt", "ministry of transport"),
]


@pytest.mark.parametrize(("run", "key"), SLIPS, ids=[run for run, _ in SLIPS])
def test_slips_in_a_name_are_forgiven_at_a_price(namer, scope, run, key):
    found = namer.slot(run.split(), scope())
    assert [named.key for named in found] == [key]
    assert found[0].score < 1
    assert found[0].mended


TITLED = [
    pytest.param("senator carter", "william carter", id="a role"),
    pytest.param("senater carter", "william carter", id="a role with a slip"),
    pytest.param(
        "dr carter",
        "rosa carter",
        id="a title that the role has otherwise",
        marks=pytest.mark.xfail(strict=True, reason="dr is not known to be said of a doctor"),
    ),
]


@pytest.mark.parametrize(("run", "key"), TITLED)
def test_a_title_tells_two_people_of_one_name_apart(namer, scope, run, key):
    assert [named.key for named in namer.slot(run.split(), scope())] == [key]


def test_only_those_of_the_scope_are_named(namer, scope):
    assert [n.key for n in namer.slot(["reyes"], scope("letter"))] == ["ana reyes"]
    assert namer.slot(["reyes"], scope("talks")) == []
    assert namer.slot(["reyse"], scope("talks")) == []
    assert namer.inside(["reyes"], scope("talks")) == []


INSIDE = [
    pytest.param("where did wang yi meet carter", [{"wang yi"}, {"william carter", "rosa carter"}], id="two names"),
    pytest.param("did ana reyes open the bridge", [{"ana reyes"}], id="full name"),
    pytest.param("the mayor of norland slept", [{"ana reyes"}], id="role"),
    pytest.param("who opened the bridge", [], id="no name"),
    pytest.param("did the mayor sleep", [], id="a role of one word is nobody's"),
    pytest.param("did netanyahoo come", [{"binyamin netanyahu"}], id="a slip"),
    pytest.param("did wang ye come", [{"wang yi"}], id="a slip in a short name"),
    pytest.param("did binyamin netanyahoo come", [{"binyamin netanyahu"}], id="a slip in the last name"),
    pytest.param("did ana reyes jr open the bridge", [], id="a son of the one named"),
    pytest.param("", [], id="nothing"),
]


@pytest.mark.parametrize(("text", "runs"), INSIDE)
def test_names_are_found_inside_a_question_from_left_to_right(namer, scope, text, runs):
    tokens = text.split()
    found = namer.inside(tokens, scope())
    assert [{named.key for named in run} for run in found] == runs
    for run in found:
        assert 0 <= run[0].first < run[0].last <= len(tokens)


def test_in_a_run_of_many_words_one_of_the_articles_is_no_slip_for_a_name(empty):
    put(empty, lines("a", "Anna Maria Lopez Stone spoke.\nThe store is shut.", people=["Anna Maria Lopez Stone"]))
    namer, asked = Namer(empty.index, Speller(empty.index)), Scope(empty.index)
    assert [named.key for named in namer.slot("anna maria lopez stome".split(), asked)] == ["anna maria lopez stone"]
    assert namer.slot("anna maria lopez store".split(), asked) == []
    assert [named.key for named in namer.slot("lopez store".split(), asked)] == ["anna maria lopez stone"]
