"""Every kind of decision about an order on its way has sentences, whatever its document leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from sync.central.rules.explain import sentences
from sync.central.rules.explain_dispatch import DISPATCH, SOURCED

AGAIN = "they left the parcel and wait for stock again"
LINE = {"line": 1, "sku": "A", "qty": 2}
WHOLE = "The order is to be filled completely or not at all, and not all of it could be reserved any more."
DOCUMENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "blocked": (
        {"block": "fraud", "keep": True, "freed": [], "in_hand": []},
        ["The order was blocked (fraud); it keeps what is reserved and gets nothing new."],
    ),
    "unblocked": ({"block": "fraud", "lines": []}, ["The block (fraud) was taken off."]),
    "replaces": (
        {
            "rma": "R-1",
            "line": 2,
            "kind": "exchange",
            "sku": "A",
            "qty": 2,
            "back_by": "2026-12-01T08:00:00Z",
        },
        [
            "The order replaces what comes back on line 2 of return R-1: 2 of A.",
            "It is blocked until the returned units pay for it, and keeps what is reserved until 2026-12-01.",
        ],
    ),
    "changed": (
        {"lines": [], "site": {"from": "WH1", "to": None}},
        ["It is to be sent from any site, no longer from WH1."],
    ),
    "rebalanced": (
        {
            "wave": "V",
            "priority": 9,
            "placed_at": "noon",
            "lines": [{"line": 1, "sku": "A", "before": 0, "after": 2}],
            "others": [{"sku": "A", "order": "o2", "priority": 10, "placed_at": "one", "units": -2}],
        },
        [
            "Line 1: 2 of A were gained when wave V granted claims that are soft anew, by priority and age.",
            "Of A, order o2 (priority 10, placed one) lost 2.",
            "This order has priority 9 and was placed noon.",
        ],
    ),
    "sourced": (
        {
            "wave": "V-1-M",
            "why": "WH1 costs 1; WH2 would cost 2",
            "parcels": [{"parcel": "P-1-9", "site": "WH1", "leaves": "2026-11-03", "lines": [LINE]}],
            "runner_up": {"sites": ["WH2"], "cost": 2},
            "refused": [{"why": "WH3 can pack no more parcels today"}],
            "left": [{**LINE, "why": "no site sends it"}],
        },
        [
            "Parcel P-1-9 leaves from WH1 on 2026-11-03 with 2 of A (line 1).",
            "Why: WH1 costs 1; WH2 would cost 2.",
            "The runner-up was WH2, at a cost of 2.",
            "Not possible: WH3 can pack no more parcels today.",
            "2 of A (line 1): no site sends it.",
        ],
    ),
    "pick.short": (
        {"parcel": "P", "site": "W", "lines": [{**LINE, "missing": 1}]},
        [f"Parcel P: 1 of 2 of A (line 1) were not found at W; {AGAIN}."],
    ),
    "parcel.lost": (
        {"parcel": "P-1-9", "site": "WH1", "state": "picked", "line": 1, "sku": "A", "lost": 1},
        ["1 of A (line 1) left parcel P-1-9 (picked): the stock at WH1 that they were claimed of is gone."],
    ),
    "parcel.cancelled": (
        {"parcel": "P-1-9", "site": "WH1", "state": "packed"},
        ["Parcel P-1-9 from WH1 was cancelled while packed; its units are reserved for the order as before."],
    ),
    "reranked": (
        {"from": 100, "to": 20, "parts": [["base", 100], ["wholesale", -80]]},
        [
            "The order's priority went from 100 to 20 (smaller is served first): base +100, wholesale -80.",
        ],
    ),
    "withdrawn": (
        {"lines": [LINE]},
        [
            WHOLE,
            "Line 1: 2 of A were given back.",
        ],
    ),
}


@pytest.mark.parametrize("kind", sorted(DISPATCH))
def test_each_kind_is_told(kind: str) -> None:
    document, told = DOCUMENTS[kind]
    assert sentences(kind, document) == told


def test_a_wave_that_sent_nothing_says_so() -> None:
    told = sentences(SOURCED, {"wave": "V-1-M", "why": "no site can ship any of it", "parcels": []})
    assert told == ["Wave V-1-M sent nothing of the order.", "Why: no site can ship any of it."]


def test_an_advance_says_by_when_the_old_units_are_to_be_back() -> None:
    document = DOCUMENTS["replaces"][0] | {"kind": "advance"}
    assert sentences("replaces", document)[1].endswith("which are to be back by 2026-12-01.")
