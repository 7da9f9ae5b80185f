"""Decisions read as sentences that say what was asked, what there was, and who came next."""

from __future__ import annotations

from app.domain.item import Component
from app.domain.reservation import Scope
from sync.central.rules.explain import CAPTURED, FILLED, REFUSED, LineDecision, sentences
from sync.central.rules.promise import Grant, Want

POOL = {"sellable": 5, "reserved": 2, "basket": 1, "safety": 0, "kept": 0}
PLAIN = {"sellable": 9}


def line(granted: int, asked: int = 3, **more: object) -> dict[str, object]:
    return {"line": 1, "sku": "A", "asked": asked, "granted": granted, "pools": {"A": POOL}} | more


def test_a_grant_is_kept_with_figures_and_without_what_says_nothing() -> None:
    plain = Grant(Want(1, "A", 3), own=2)
    assert LineDecision.of(plain, {"A": POOL}).to_json() == line(2)
    kit = Grant(Want(2, "K", 4, (Component("A", 2),), scope=Scope(site="WH1")), own=1, assembled=2)
    found = LineDecision.of(kit, {"K": PLAIN, "A": POOL}).to_json()
    assert (found["granted"], found["assembled"], found["scope"]) == (3, 2, {"site": "WH1"})


def test_what_was_promised_is_told_with_its_pool() -> None:
    proof = "Of A there were 5 sellable, of which 2 reserved, 1 in baskets."
    assert sentences(CAPTURED, {"lines": [line(3)]}) == [f"Line 1: all 3 of A were promised. {proof}"]
    assert sentences(CAPTURED, {"lines": [line(2)]}) == [f"Line 1: 2 of 3 of A were promised. {proof}"]
    assert sentences(CAPTURED, {"lines": [line(0)]}) == [f"Line 1: none of 3 of A could be promised. {proof}"]


def test_scope_components_and_every_pool_are_told() -> None:
    scope = {
        "site": "WH1",
        "lot": "L1",
        "serial": "s1",
        "grade": "B",
        "supply": "PO-7:1",
        "fresh": "2027-01-01",
    }
    pools = {"A": PLAIN, "P": {"sellable": 7, "safety": 1, "kept": 2}}
    (said,) = sentences(CAPTURED, {"lines": [line(3, scope=scope, assembled=2, pools=pools)]})
    assert said == (
        "Line 1: all 3 of A (from site WH1, of lot L1, with serial s1, of grade B, out of supply PO-7:1, "
        "good until 2027-01-01) were promised. 2 of them are put together from components. "
        "Of A there were 9 sellable. "
        "Of P there were 7 sellable, of which 1 safety stock, 2 kept for channels."
    )


def test_all_or_nothing_and_the_rank_are_told() -> None:
    rank = {"priority": 40, "parts": [["channel web", -20], ["waits 3 days", 5]]}
    said = sentences(CAPTURED, {"fill": "complete", "rank": rank, "lines": [line(0)]})
    assert said[1:] == [
        "The order is to be filled completely or not at all, so nothing was reserved for it.",
        "The order's priority is 40 (smaller is served first): channel web -20, waits 3 days +5.",
    ]
    said = sentences(CAPTURED, {"fill": "complete", "rank": {"priority": 9}, "lines": [line(3)]})
    assert said[1:] == ["The order's priority is 9 (smaller is served first)."]


def test_a_fill_names_who_came_next() -> None:
    later = {"order": "o2", "line": 4, "priority": 100, "placed_at": "2026-01-04", "open": 7}
    assert sentences(FILLED, {"lines": [line(2)], "runner_up": later}) == [
        "Line 1: 2 of 3 waiting units of A were given as they became free.",
        "Next in line was order o2 line 4 (priority 100, placed 2026-01-04), which waits for 7 units.",
    ]
    assert len(sentences(FILLED, {"lines": [line(2)]})) == 1


def test_a_refusal_names_who_holds_the_units() -> None:
    held = [{"document": "order:o1", "line": 2, "sku": "A", "qty": 3, "claim": "soft"}]
    said = sentences(REFUSED, {"lines": [line(2)], "held_by": held})
    assert said[0].startswith("Line 1: 2 of 3 of A could have been promised.")
    assert said[1:] == [
        "It was not to wait for more, so nothing was claimed for it.",
        "3 of A are claimed by order o1 (line 2, soft).",
    ]


def test_a_kind_that_is_not_known_says_so() -> None:
    assert sentences("waved", {}) == ["A decision of the kind waved; see its document."]
