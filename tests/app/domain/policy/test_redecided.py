"""For which units another version decides otherwise: every combination, in as few words as tell it."""

from __future__ import annotations

import itertools

from app.domain.policy import read_policy
from app.domain.policy.reach import ends
from app.domain.policy.redecided import UNDECIDED, Redecided, redecided
from tests.app.domain.policy.small import SMALL
from tests.app.domain.policy.test_checks import ASKING
from tests.app.domain.policy.test_reader import SHIPPED
from tests.app.domain.policy.worked import unworked

BY_VALUE = "liquidate, from 18.58 GBP or 21.58 EUR or 23.15 USD on refurbish"
TOYS_SOLD = 'grades = ["C"]\ncategories = ["clothing", "toys"]'
PARTS = 'answers = ["broken.parts"]\ndisposition = "refurbish"'


def found(old: str, new: str) -> tuple[Redecided, ...]:
    return redecided(read_policy(old, "old.toml"), read_policy(new, "new.toml"))


def test_equal_policies_decide_alike() -> None:
    for source in (SMALL, ASKING, SHIPPED):
        assert found(source, source) == ()


def test_however_it_was_answered_takes_no_words() -> None:
    new = SHIPPED.replace(TOYS_SOLD, TOYS_SOLD.replace('"toys"', '"toys", "kitchen", "default"'))
    (one,) = found(SHIPPED, new)
    assert one == Redecided(
        ("default", "kitchen"),
        "C",
        hazardous=False,
        answers=(),
        was=f"{BY_VALUE} (rule 23: C, worn: what brings more)",
        now="liquidate (rule 22: worn clothing and toys are sold off)",
    )
    assert one.sentence(read_policy(new, "new.toml")) == (
        "Grade C of default, kitchen, not hazardous: "
        "liquidate (rule 22: worn clothing and toys are sold off) "
        f"instead of {one.was}."
    )
    assert one.to_json()["hazardous"] is False


def test_one_answer_that_tells_is_all_that_is_said() -> None:
    new = unworked(SHIPPED, "W3").replace(PARTS, PARTS.replace("refurbish", "vendor_return"))
    (one,) = found(SHIPPED, new)
    assert (one.categories, one.answers) == (("electronics", "kitchen", "toys"), (("broken.parts",),))
    assert ", answered What is broken? Parts are missing: vendor_return" in one.sentence(
        read_policy(new, "new.toml")
    )


def test_hazardous_or_not_is_one() -> None:
    new = SHIPPED.replace(
        '["A"]\ncategories = ["*"]\ndisposition = "restock"',
        ('["A"]\ncategories = ["*"]\ndisposition = "scrap"'),
    )
    (one,) = found(SHIPPED, new)
    assert (one.grade, one.hazardous) == ("A", None)
    assert one.sentence(read_policy(new, "new.toml")).startswith("Grade A of default, electronics, ")
    assert "hazardous" not in one.sentence(read_policy(new, "new.toml"))


def test_a_new_question_is_held_against_what_was_decided_without_it() -> None:
    (one,) = found(SMALL, ASKING)
    assert (one.categories, one.grade, one.hazardous, one.answers) == (
        ("toys",),
        "B",
        False,
        (("broken.case",),),
    )
    # The other way round the old version decided by an answer that is not asked for any more.
    assert found(ASKING, SMALL) == ()
    narrow = ASKING.replace('["default", "toys"]\ndis', '["default", "toys"]\nanswers = ["seal.yes"]\ndis')
    rest = '\n[[rule]]\nid = "3"\nname = "no"\ngrades = ["*"]\ncategories = ["*"]\ndisposition = "restock"\n'
    assert UNDECIDED not in {one.was for one in found(narrow + rest, SMALL)}


def test_the_changes_are_exactly_those_of_every_combination() -> None:
    """Counted by hand over all of them, without the grouping."""
    new = unworked(SHIPPED, "W3").replace(PARTS, PARTS.replace("refurbish", "vendor_return"))
    new = new.replace(TOYS_SOLD, TOYS_SOLD.replace('"toys"', '"electronics"'))
    old, other = read_policy(SHIPPED, "old.toml"), read_policy(new, "new.toml")
    differing = set()
    for category, hazardous in itertools.product(old.categories, (False, True)):
        for said, grade in ends(other, category):
            was = old.decide(category, grade, said, hazardous=hazardous).outcome.disposition
            now = other.decide(category, grade, said, hazardous=hazardous).outcome.disposition
            if was != now:
                differing.add((category, grade, hazardous, said))
    told = set()
    for one in redecided(old, other):
        for category, hazardous in itertools.product(
            one.categories, (False, True) if one.hazardous is None else (one.hazardous,)
        ):
            for said, grade in ends(other, category):
                means = not one.answers or any(set(way) <= set(said) for way in one.answers)
                if grade == one.grade and means:
                    told.add((category, grade, hazardous, said))
    assert differing == told
    assert differing


def test_other_figures_are_told_by_the_value_from_which_they_choose_otherwise() -> None:
    new = SHIPPED.replace('["C"]\npercent = 65', '["C"]\npercent = 70')
    (one,) = found(SHIPPED, new)
    assert one.grade == "C"
    assert one.was.startswith(BY_VALUE)
    assert one.now.startswith("liquidate, from 16.25 GBP or 18.88 EUR or 20.25 USD on refurbish")


def test_currencies_that_choose_among_other_routes_are_told_apart() -> None:
    (one,) = found(SHIPPED, SHIPPED.replace("GBP = 800", "GBP = 0"))
    assert one.now.startswith("refurbish; liquidate, from 21.58 EUR on refurbish; liquidate, from 23.15 USD")
