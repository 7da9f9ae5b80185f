"""What an order may take, and until when its units must be good, is the policy's and its own."""

from __future__ import annotations

from app.domain.reservation import Scope
from sync.central.rules.simulation import World
from tests.sync.central.rules.simulation.worlds import day, facts, line, policy, world

STRICT = policy(
    "2",
    '[channel.web]\nfill = "complete"\nleast_life_days = 10\nregions_not_served = ["CH"]',
    top="horizon_days = 5",
)


def test_fill_is_the_orders_own_or_the_policys() -> None:
    assert [facts(1).complete(by) for by in (policy(), STRICT)] == [False, True]
    assert not facts(1, fill="partial").complete(STRICT)
    assert facts(1, fill="complete").complete(policy())


def test_why_an_order_takes_nothing() -> None:
    assert facts(1, ship_by=day(6)).why_none(STRICT, day(1)) == ""
    assert facts(1, ship_by=day(7)).why_none(STRICT, day(1)).startswith("it is wanted by 2026-01-07")
    assert facts(1, region="CH").why_none(STRICT, day(1)) == "web does not serve CH"
    assert facts(1, block="fraud").why_none(STRICT, day(1)) == "it is blocked (fraud)"


def test_the_later_of_two_dates_holds() -> None:
    plain = line(facts(1, at=3), "A", 1, scope=Scope(site="S1"))
    assert plain.scope_under(policy()) == Scope(site="S1")
    assert plain.scope_under(STRICT) == Scope(site="S1", fresh="2026-01-13")
    own = line(facts(1, at=3), "A", 1, scope=Scope(fresh="2026-02-01"))
    assert own.scope_under(STRICT).fresh == "2026-02-01"


def test_a_line_is_known_by_order_and_number() -> None:
    found: World = world({"A": 1}, lines=[line(facts(4), "A", 1, 2)])
    assert [entry.key for entry in found.lines] == [(4, 2)]
    assert found.lines[0].score(STRICT, day(1)).priority == 100
