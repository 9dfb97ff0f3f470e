"""The choices that trained weights make: the arithmetic, and that every model has its weights."""

import math

import pytest

from knowledge.build.weights import likeliest, weigh


def test_the_likeliest_and_none_share_all_chances() -> None:
    best, chance, any_of_them = likeliest([0.0, math.log(2)])
    assert best == 1
    assert chance == pytest.approx(2 / 4)
    assert any_of_them == pytest.approx(3 / 4)


def test_high_scores_do_not_overflow() -> None:
    assert likeliest([1000.0, 999.0])[1:] == pytest.approx((1 / (1 + math.exp(-1)), 1.0))
    assert likeliest([-1000.0])[2] == pytest.approx(0.0)


def test_an_unknown_trait_weighs_nothing() -> None:
    assert weigh("choice", ["no such trait"]) == 0.0


@pytest.mark.parametrize(
    ("model", "trait"), [("choice", "cue=say"), ("judge", "always"), ("referent", "pronoun latest=0")]
)
def test_every_model_is_trained(model: str, trait: str) -> None:
    assert weigh(model, [trait]) != 0.0
