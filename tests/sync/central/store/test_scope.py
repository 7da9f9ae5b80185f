"""Locations stand at sites, and a token's sites are held against them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync.central.commands.catalogue import put_locations
from sync.central.rules.outcomes import Forbidden
from sync.central.rules.scope import Sites
from sync.central.store.scope import Scope
from tests.sync.central.shop import PLACE, Shop

OWN: Sites = frozenset({"WH1"})


@pytest.fixture
def two_sites(shop: Shop) -> Shop:
    shop.items("A")
    place = {"code": "X", "kind": "bin", "name": "X", "site": "WH2"}
    shop.act(lambda act: put_locations(act, [place]))
    return shop


def outside(shop: Shop, do: Callable[[Scope], None], sites: Sites = OWN) -> bool:
    try:
        shop.ask(lambda conn: do(Scope(conn, sites)))
    except Forbidden as no:
        assert no.code == "token.site"  # noqa: PT017 - a refusal is one of two right outcomes
        return True
    return False


def test_a_command_stays_at_its_sites(two_sites: Shop) -> None:
    assert not outside(two_sites, lambda scope: scope.act_at(PLACE, "WH1-B"))
    assert outside(two_sites, lambda scope: scope.act_at(PLACE, "X"))
    assert outside(two_sites, lambda scope: scope.act_at(None))
    assert not outside(two_sites, lambda scope: scope.act("WH1"))
    assert outside(two_sites, lambda scope: scope.act(None))


def test_what_is_not_known_is_left_to_the_command(two_sites: Shop) -> None:
    assert not outside(two_sites, lambda scope: scope.act_at("nowhere"))
    assert not outside(two_sites, lambda scope: scope.see_at("nowhere"))


def test_records_of_no_site_are_everybodys(two_sites: Shop) -> None:
    assert not outside(two_sites, lambda scope: scope.see(None))
    assert not outside(two_sites, lambda scope: scope.see_at(None))
    assert outside(two_sites, lambda scope: scope.see("WH2"))
    assert outside(two_sites, lambda scope: scope.see_at("X"))


def test_a_token_for_all_goes_everywhere(two_sites: Shop) -> None:
    assert not outside(two_sites, lambda scope: scope.act_at("X", None), None)
    assert not outside(two_sites, lambda scope: scope.see_at("X"), None)
