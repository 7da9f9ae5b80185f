"""Work in a policy's document: read in its order, and a mistake in it refused with file, line and word."""

from __future__ import annotations

import re

import pytest

from app.domain.policy import read_policy
from app.domain.policy.reading_work import require_works
from app.domain.refusal import Refused
from tests.app.domain.policy.test_reader import SHIPPED
from tests.app.domain.policy.worked import WORKED, unworked

_W1 = 'grades = ["B"]\nbest = "B"'
_RULE_5 = '[[rule]]\nid = "5"'
_BLOCK = '\n[[blocked]]\nname = "none"\nroutes = ["liquidate"]\ncategories = ["toys"]\n'


def mistaken(old: str, new: str, source: str = WORKED) -> Refused:
    assert old in source
    with pytest.raises(Refused) as no:
        read_policy(source.replace(old, new, 1), "own.toml")
    assert no.value.expected
    assert no.value.do
    return no.value


def line_of(text: str, source: str = WORKED) -> int:
    return source[: source.index(text)].count("\n") + 1


def test_steps_are_read_in_their_order() -> None:
    one, two = read_policy(WORKED, "own.toml").works
    assert (one.id, one.best, one.otherwise) == ("W1", "B", "liquidate")
    assert [(step.id, step.owner, step.hours, step.skipped) for step in one.steps] == [
        ("clean", "bench", 24, None),
        ("repack", "packing", 48, "C"),
    ]
    assert two.cost("GBP") == 630


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('kind = "clean"', 'kind = "polish"', "fields.wrong"),
        ('owner = "bench"', 'owner = "The bench"', "policy.step_name"),
        ('id = "repack"\n', 'id = "clean"\n', "policy.work_steps"),
        ('id = "W2"', 'id = "W1"', "policy.work_id"),
        ("hours = 24", "hours = 0", "fields.wrong"),
        ("hours = 24", "minutes = 24", "fields.wrong"),
        ("{ GBP = 50 }", "{ pounds = 50 }", "fields.wrong"),
        ("{ GBP = 150 }", "{ EUR = 150 }", "policy.currencies"),
        ('caption = "Wipe it"', f'caption = "{"Wipe it " * 9}"', "policy.long"),
        (_W1, _W1.replace('best = "B"', 'best = "E"'), "policy.unknown_grade"),
        (_W1, _W1.replace('["B"]', '["Q"]'), "policy.unknown_grade"),
        (_W1, f'{_W1}\nanswers = ["seal.no"]', "policy.unknown_answer"),
        (_W1, f'{_W1}\ncategories = ["lamps"]', "policy.unknown_category"),
        ('otherwise = "liquidate"', 'otherwise = "donate"', "policy.unknown_disposition"),
        ('otherwise = "liquidate"', 'otherwise = "restock"', "policy.work_otherwise"),
        ('skipped = "C"', 'skipped = "A"', "policy.step_skipped"),
    ],
)
def test_a_mistake_is_refused_where_it_stands(old: str, new: str, code: str) -> None:
    no = mistaken(old, new)
    assert no.code == code, str(no)
    assert re.match(r"own\.toml, line \d+, work ", no.read), no.read


def test_a_work_without_steps_is_none() -> None:
    head, _, _ = WORKED.partition('[[work.step]]\nid = "repair"')
    with pytest.raises(Refused, match=r"work W2: it has 0 steps"):
        read_policy(head, "own.toml")


def test_every_unit_that_is_refurbished_has_work() -> None:
    no = mistaken('grades = ["C"]\nbest', 'grades = ["C"]\ncategories = ["toys"]\nbest')
    assert no.code == "policy.no_work"
    assert f"line {line_of(_RULE_5)}, rule 5" in no.read
    assert "default, grade C" in no.read


def test_work_that_no_unit_gets_is_dead() -> None:
    assert mistaken('grades = ["B"]\nbest', 'grades = ["A"]\nbest').code == "policy.no_work"
    no = mistaken(
        'grades = ["C"]\nbest', 'grades = ["B", "C"]\nbest', WORKED.replace('["B"]\nbest', '["*"]\nbest')
    )
    assert no.code == "policy.dead_work"
    assert "work W2" in no.read


def test_a_unit_that_comes_out_of_work_goes_on_and_not_round() -> None:
    ring = mistaken('refurbished = true\ndisposition = "liquidate"', 'disposition = "refurbish"')
    assert ring.code == "policy.work_loop"
    gap = mistaken('grades = ["B", "C"]\n', 'grades = ["B", "C"]\nrefurbished = false\n', _without_rule("4"))
    assert gap.code == "policy.work_gap"
    assert "work W1: no rule decides about default, grade C, not hazardous, once refurbished" in gap.read


def _without_rule(name: str) -> str:
    return re.sub(rf'\[\[rule\]\]\nid = "{name}"\n.*?\n\n', "", WORKED, flags=re.DOTALL)


def test_what_cannot_be_made_fit_is_sent_nowhere_it_may_not_go() -> None:
    no = mistaken("\n[[work]]", f"{_BLOCK}\n[[work]]")
    assert no.code == "policy.blocked_route"
    assert "work W1: otherwise is liquidate, which is blocked for toys" in no.read


def test_a_rule_of_refurbished_units_without_any_work_is_dead() -> None:
    without, _, _ = WORKED.partition("[[work]]")
    with pytest.raises(Refused) as no:
        read_policy(without, "own.toml")
    assert no.value.code == "policy.dead_rule"


def test_a_policy_of_before_is_read_and_found_wanting_by_its_check_alone() -> None:
    older = read_policy(unworked(SHIPPED), "older.toml")
    assert older.works == ()
    with pytest.raises(Refused, match="rule 18: it leads to refurbish stock, and no work is for"):
        require_works(older, "older.toml")
    require_works(read_policy(SHIPPED, "returns.toml"), "returns.toml")
