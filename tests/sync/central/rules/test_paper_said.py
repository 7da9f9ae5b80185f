"""Each route has one paper, and units are called by what tells them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.account import Account, Status
from app.domain.refusal import Refused
from sync.central.rules.consignment import Route
from sync.central.rules.evidence import Judged, Story
from sync.central.rules.paper_said import Goods, Kind, Said, own_kind, photos_of, require_kind, unit_text

AT = "2026-11-22T10:00:00.000Z"


def goods(line: int, sku: str = "A", qty: int = 1, grade: str | None = "C", **more: Any) -> Goods:
    held = Account(
        "ACME", sku, "V-02", Status.DAMAGED, grade=grade, label=f"L07-{line}-X", lot=more.pop("lot", None)
    )
    return Goods(line, f"Item {sku}", held, qty, 100 * qty, 250, **more)


def said(route: str, *lines: Goods, **more: Any) -> Said:
    head = ("G-1-8", "ACME", "WH1", route, "PARTNER", "REF-1", "departed", "GBP", "v1", AT)
    return replace(Said(*head, tuple(lines)), **more)


@pytest.mark.parametrize("route", Route)
def test_every_route_has_one_paper_and_no_other(route: Route) -> None:
    found = said(route, goods(1))
    require_kind(found, own_kind(route))
    for kind in Kind:
        if kind is not own_kind(route):
            with pytest.raises(Refused, match=own_kind(route).value):
                require_kind(found, kind)


def test_units_that_nothing_tells_apart_are_called_that() -> None:
    assert unit_text(Account("ACME", "A", "V-02", Status.DAMAGED)) == "not told apart"


def test_each_photo_is_named_once() -> None:
    looks = [Judged(AT, "ana", "B", "D", None, None, None, photos=("aa", "bb"))]
    both = [goods(n, story=Story(judged=looks)) for n in (1, 2)]
    assert photos_of(said("vendor_return", *both)) == ("aa", "bb")
