"""Whose token sees an exception, and who may say what was done about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from sync.central.rules.access import Role
from sync.central.rules.outcomes import Forbidden
from sync.central.rules.scope import Sites
from sync.central.store.case_rights import require_right, require_shown, visible
from sync.central.store.exceptions import Case, open_case
from sync.central.store.tables import approval, event_approval, exception
from tests.sync.central.discarding import discard, says
from tests.sync.central.shop import Shop, open_shop

ONE, TWO = frozenset({"ONE"}), frozenset({"TWO"})


def opened(shop: Shop) -> None:
    """At ONE, at TWO, and two of the whole business: 1 to 4."""
    for key, owner, at in (
        ("a", "planner", "site:ONE"),
        ("b", "planner", "site:TWO"),
        ("c", "planner", ""),
        ("d", "finance", ""),
    ):
        one(shop, Case(key, "x.y", "sku:A", owner, "x", at=at))


def one(shop: Shop, case: Case) -> None:
    shop.act(lambda act: open_case(act.conn, case, act.posted_at))


def shown(shop: Shop, number: int) -> None:
    """As a planner of the site ONE is shown it."""
    shop.ask(lambda conn: require_shown(conn, number, ONE, Role.PLANNER))


def seen(shop: Shop, sites: Sites, role: Role) -> str:
    asked = select(exception.c.key).where(visible(sites, role)).order_by(exception.c.id)
    return "".join(shop.ask(lambda conn: list(conn.scalars(asked))))


def refused(shop: Shop, number: int, sites: Sites, role: Role, person: str = "kim") -> str | None:
    """The refusal's code; None for whoever may."""

    def ask() -> None:
        shop.ask(lambda conn: require_right(conn, number, sites, role, person))

    try:
        ask()
    except Forbidden as no:
        return no.code
    return None


def test_a_token_sees_its_sites_and_what_its_role_answers_for(shop: Shop) -> None:
    opened(shop)
    assert seen(shop, None, Role.SERVICE) == "abcd"
    assert seen(shop, ONE, Role.PLANNER) == "ac"
    assert seen(shop, TWO, Role.FINANCE) == "bd"
    assert seen(shop, ONE, Role.AUDITOR) == "acd"
    assert seen(shop, ONE | TWO, Role.INTEGRATOR) == "ab"


def test_one_is_shown_as_the_list_shows_it(shop: Shop) -> None:
    opened(shop)
    for number, code in ((1, None), (2, "token.site"), (3, None), (4, "token.all_sites")):
        if code is None:
            shown(shop, number)
            continue
        with pytest.raises(Forbidden) as no:
            shown(shop, number)
        assert no.value.code == code
    # One that is not there is missing to whoever looks for it.
    shown(shop, 99)
    assert refused(shop, 99, ONE, Role.PLANNER) is None


def test_a_token_of_some_sites_resolves_theirs_alone(shop: Shop) -> None:
    opened(shop)
    assert refused(shop, 1, ONE, Role.PLANNER) is None
    assert refused(shop, 1, None, Role.PLANNER) is None
    assert refused(shop, 2, ONE, Role.ADMIN) == "token.site"
    # It reads what is everybody's, and that is all.
    assert refused(shop, 3, ONE, Role.PLANNER) == "token.all_sites"
    assert refused(shop, 3, None, Role.PLANNER) is None


def test_the_other_end_of_a_transfer_reads_and_leaves_it_to_the_one_that_received(shop: Shop) -> None:
    shop.items("A")
    shop.places("WH2-A")
    shop.draft({"A": 1}, "T-A")
    one(shop, Case("k", "transfer.short", "transfer:T-A", "planner", "x"))
    sender, receiver = frozenset({"WH1"}), frozenset({"WH2"})
    assert seen(shop, sender, Role.PLANNER) == seen(shop, receiver, Role.PLANNER) == "k"
    assert seen(shop, ONE, Role.PLANNER) == ""
    shop.ask(lambda conn: require_shown(conn, 1, sender, Role.PLANNER))
    assert refused(shop, 1, sender, Role.PLANNER) == "token.site"
    assert refused(shop, 1, receiver, Role.PLANNER) is None


def test_with_a_far_end_alone_it_is_that_site_s_in_the_list_and_by_itself(shop: Shop) -> None:
    one(shop, Case("k", "x.y", "sku:A", "planner", "x"))
    shop.act(lambda act: act.conn.execute(update(exception).values(far_site="TWO")))
    assert seen(shop, ONE, Role.PLANNER) == ""
    with pytest.raises(Forbidden):
        shown(shop, 1)
    assert seen(shop, TWO, Role.PLANNER) == "k"
    shop.ask(lambda conn: require_shown(conn, 1, TWO, Role.PLANNER))


def test_its_role_or_one_above_resolves_it(shop: Shop) -> None:
    opened(shop)
    assert refused(shop, 1, ONE, Role.SUPERVISOR) is None
    assert refused(shop, 1, ONE, Role.SERVICE) == "exception.role"
    assert refused(shop, 4, None, Role.SUPERVISOR) == "exception.role"
    assert refused(shop, 4, None, Role.FINANCE) is None


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Shop]:
    """A shop in which rows stand that no event made."""
    with open_shop(tmp_path, prove=False) as found:
        yield found


def test_nobody_judges_of_an_approval_in_an_act_of_their_own(planted: Shop) -> None:
    shop = planted
    one(shop, Case("k", "approval.review", "event:e-1", "supervisor", "x"))
    row = {"event_id": "e-1", "station": "s", "operator": "Ann K", "verdict": "review", "reasons": "[]"}
    more = {"authorization": "review", "judged_at": "2026-11-22T10:00:00.000Z"}
    shop.act(lambda act: act.conn.execute(insert(event_approval), [row | more]))
    given: dict[str, object] = {
        column.name: "x" for column in approval.columns if column.name != "id" and not column.nullable
    }
    given |= {"event_id": "e-1", "approver": "RUTH", "n": 1, "epoch": 1, "counter": 1, "used": False}
    shop.act(lambda act: act.conn.execute(insert(approval), [given]))
    assert refused(shop, 1, None, Role.SUPERVISOR, "ann k") == "exception.own"
    assert refused(shop, 1, None, Role.SUPERVISOR, "Ruth") == "exception.own"
    assert refused(shop, 1, None, Role.FINANCE, "sue") == "exception.role"
    assert refused(shop, 1, None, Role.ADMIN, "ruth") == "exception.own"
    assert refused(shop, 1, None, Role.SUPERVISOR, "sue") is None


def test_nobody_closes_the_case_of_a_rejected_write_off_that_they_asked_for(shop: Shop) -> None:
    shop.items("A")
    discard(shop, "L07-1-X")
    says(shop, "W-1-I", "reject")
    its = select(exception.c.id).where(exception.c.type == "write_off.rejected")
    number = shop.ask(lambda conn: conn.scalars(its).one())
    for asked in ("kim", "KIM "):
        assert refused(shop, number, None, Role.SUPERVISOR, asked) == "exception.own"
    # Where two supervise, whoever rejected it is the only other one.
    assert refused(shop, number, None, Role.SUPERVISOR, "super") is None
    assert refused(shop, number, None, Role.ADMIN, "ann") == "exception.role"


def test_a_site_s_open_ones_are_found_by_their_index(shop: Shop) -> None:
    opened(shop)
    asked = (
        select(exception.c.id)
        .where(visible(ONE, Role.PLANNER), exception.c.state == "open")
        .compile(compile_kwargs={"literal_binds": True})
    )
    plan = shop.ask(lambda conn: conn.execute(text(f"EXPLAIN QUERY PLAN {asked}")).all())
    told = " ".join(str(row) for row in plan)
    assert "ix_exception_site (site=? AND state=?)" in told
    assert "SCAN" not in told
