"""The returns policy in force now, and the one that was in force at an instant."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from app.domain.clock import to_text
from sync.central.store.returns_policy import returns_policies_at, returns_policy
from tests.sync.central.shop import Shop


def test_before_the_first_there_is_none(shop: Shop) -> None:
    assert shop.ask(returns_policy) is None
    assert shop.ask(partial(returns_policies_at, instants=[to_text(shop.clock.now())])) == {}


def test_each_was_in_force_from_its_publication_on(shop: Shop) -> None:
    start = shop.clock.now()
    shop.policy("1")
    shop.clock.pass_by(hours=2)
    shop.policy("2")
    found = shop.ask(returns_policy)
    assert found is not None
    assert found.version == "2"
    instants = [to_text(start + timedelta(hours=hours)) for hours in (-24, 0, 1, 2, 24)]
    asked = shop.ask(partial(returns_policies_at, instants=instants))
    assert [asked[at].version for at in instants] == ["1", "1", "1", "2", "2"]
