"""Every route has decided what it has to do with sites; one that has not is closed to tokens of some."""

from __future__ import annotations

import pytest

from sync.central.rules.access import ROUTES, Open
from sync.central.rules.outcomes import Forbidden
from sync.central.rules.sited import SITED, require_whole

TOKENS = {route for route, who in ROUTES.items() if not isinstance(who, Open)}


def test_every_route_of_a_token_is_in_the_table() -> None:
    undecided = sorted(TOKENS - SITED.keys())
    assert undecided == [], "say in sync/central/rules/sited.py how these hold a token to its sites"


def test_no_route_is_in_the_table_that_is_none() -> None:
    assert sorted(SITED.keys() - TOKENS) == []


@pytest.mark.parametrize("route", [("GET", "/v1/audit"), ("GET", "/v1/of-tomorrow")])
def test_what_is_whole_or_undecided_is_for_tokens_of_all_sites(route: tuple[str, str]) -> None:
    require_whole(*route, None)
    with pytest.raises(Forbidden) as no:
        require_whole(*route, frozenset({"WH1"}))
    assert no.value.code == "token.all_sites"


def test_what_is_free_or_held_is_let_through() -> None:
    for route in (("GET", "/v1/items"), ("GET", "/v1/orders")):
        require_whole(*route, frozenset({"WH1"}))
