"""The returns policy in force now, and the one that was in force at an instant."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from app.domain.policy import Policy
from sync.central.store.returns_policy import returns_policy, returns_policy_at
from tests.sync.central.shop import Shop


def version(found: Policy | None) -> str | None:
    return found.version if found else None


def test_before_the_first_there_is_none(shop: Shop) -> None:
    assert shop.ask(returns_policy) is None
    assert shop.ask(lambda conn: returns_policy_at(conn, shop.clock.now())) is None


def test_each_was_in_force_from_its_publication_on(shop: Shop) -> None:
    start = shop.clock.now()
    shop.policy("1")
    between = shop.clock.now() + timedelta(hours=1)
    shop.clock.pass_by(hours=2)
    shop.policy("2")
    assert version(shop.ask(returns_policy)) == "2"
    instants = (start - timedelta(days=1), between, between + timedelta(days=1))
    asked = [version(shop.ask(partial(returns_policy_at, at=at))) for at in instants]
    assert asked == ["1", "1", "2"]
