"""An exception is its owner's, and of the roles above; some are nobody else's."""

from __future__ import annotations

import pytest

from sync.central.rules.access import Role
from sync.central.rules.answering import may_read, may_resolve, readable, refuse_role, refuse_site

ONE = frozenset({"ONE"})


@pytest.mark.parametrize(
    ("kind", "owner", "may"),
    [
        ("stock.negative", "planner", {"planner", "supervisor", "admin"}),
        ("return.blind", "service", {"service", "supervisor", "admin"}),
        ("return.put_away", "supervisor", {"supervisor", "admin"}),
        # Books and refunds are no supervisor's.
        ("books.failed", "finance", {"finance", "admin"}),
        ("event.rejected", "admin", {"admin"}),
        # What the only supervisor approved is an admin's to look into, a loss itself is not.
        ("approval.review", "supervisor", {"supervisor", "admin"}),
        ("write_off.rejected", "supervisor", {"supervisor"}),
        # What an admin's repair ends, an admin may say so of.
        ("write_off.not_asked", "supervisor", {"supervisor", "admin"}),
        ("approval.invalid", "admin", {"admin"}),
        ("some.new", "a role of a later version", {"admin"}),
    ],
)
def test_who_may_say_what_was_done(kind: str, owner: str, may: set[str]) -> None:
    assert may_resolve(kind, owner) == may


@pytest.mark.parametrize("owner", ["planner", "service", "finance", "supervisor", "admin"])
def test_whoever_changes_nothing_resolves_nothing(owner: str) -> None:
    assert may_resolve("x.y", owner).isdisjoint({Role.AUDITOR, Role.INTEGRATOR})


def test_what_a_token_of_some_sites_reads() -> None:
    assert may_read(None, Role.SERVICE, ("TWO", None), "admin")
    assert may_read(ONE, Role.SERVICE, ("ONE", None), "admin")
    assert not may_read(ONE, Role.ADMIN, ("TWO", "THREE"), "admin")
    # The other end of a transfer.
    assert may_read(ONE, Role.PLANNER, ("TWO", "ONE"), "planner")
    assert may_read(ONE, Role.PLANNER, (None, None), "planner")
    assert not may_read(ONE, Role.PLANNER, (None, None), "finance")
    assert readable(Role.AUDITOR) == {"planner", "service", "finance", "supervisor", "admin"}
    assert readable(Role.SUPERVISOR) == {"planner", "service", "supervisor"}
    assert readable(Role.INTEGRATOR) == frozenset()


def test_a_refusal_says_who_may() -> None:
    no = refuse_role(7, "books.failed", "finance", Role.SUPERVISOR)
    assert (no.code, no.expected) == ("exception.role", "Expected admin, finance.")
    assert refuse_site(ONE, "TWO").code == "token.site"
    assert refuse_site(ONE, None).code == "token.all_sites"
