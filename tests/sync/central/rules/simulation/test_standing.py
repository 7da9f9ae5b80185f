"""One line: it takes, gives, loses and gives up units, and its sums always add up."""

from __future__ import annotations

from dataclasses import replace

from app.domain.item import Component
from app.domain.reservation import ANY, Scope
from sync.central.rules.promise import Claimed, Grant
from sync.central.rules.simulation.standing import Standing
from tests.sync.central.rules.simulation.worlds import day, facts, line, policy

KIT = (Component("A", 2), Component("B", 1))


def kit_of(qty: int, own: int, assembled: int) -> Standing:
    standing = Standing.of(line(facts(1), "K", qty), KIT, policy(), day(1))
    parts = (Claimed("A", ANY, 2, 2), Claimed("B", ANY, 1, 1))
    standing.take(Grant(standing.want, own, ((parts, assembled),)), day(2))
    return standing


def test_a_line_is_whole_when_nothing_is_open() -> None:
    standing = kit_of(3, 1, 1)
    assert (standing.held, standing.open, standing.whole_at, standing.last_at) == (2, 1, None, day(2))
    claims = standing.take(Grant(replace(standing.want, qty=1), 1), day(4))
    assert claims == (Claimed("K", ANY, 1),)
    assert standing.outcome(day(9), "so").waited == 3 * 86_400
    assert standing.outcome(day(9), "so").why == ""


def test_its_own_units_are_given_before_kits() -> None:
    standing = kit_of(3, 2, 1)
    assert standing.give(3) == [Claimed("K", ANY, 2), Claimed("A", ANY, 2, 2), Claimed("B", ANY, 1, 1)]
    assert standing.held == 0


def test_a_kit_gives_all_its_components_for_one_that_is_gone() -> None:
    standing = kit_of(3, 0, 3)
    assert standing.give_of("A", ANY, 3) == (2, [Claimed("A", ANY, 4, 2), Claimed("B", ANY, 2, 1)])
    standing.lose()
    assert (standing.open, standing.whole_at) == (2, None)
    assert kit_of(2, 2, 0).give_of("K", ANY, 1) == (1, [Claimed("K", ANY, 1)])


def test_serials_it_holds_are_not_asked_for_again() -> None:
    standing = Standing.of(line(facts(1), "A", 2, serials=("x", "y")), (), policy(), day(1))
    standing.take(Grant(standing.want, 1, (), {"x": None}), day(1))
    assert (standing.asking().serials, standing.asking().qty) == (("y",), 1)


def test_another_policy_may_ask_for_another_date() -> None:
    standing = Standing.of(line(facts(1), "A", 2), (), policy(), day(1))
    standing.under(policy("2", "[channel.web]\nleast_life_days = 9"))
    assert standing.want.scope == Scope(fresh="2026-01-10")
    assert standing.claims() == []
