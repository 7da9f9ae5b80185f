"""Decisions read as sentences that say what was asked, what there was, and who came next."""

from __future__ import annotations

from app.domain.item import Component
from app.domain.reservation import Scope
from sync.central.rules.explain import CAPTURED, FILLED, LOST, REFUSED, lines_told, sentences
from sync.central.rules.promise import Claimed, Grant, Want

POOL = {"sellable": 5, "reserved": 2, "basket": 1, "safety": 0, "kept": 0}


def line(granted: int, asked: int = 3, **more: object) -> dict[str, object]:
    return {"line": 1, "sku": "A", "asked": asked, "granted": granted, "pools": {"A": POOL}} | more


def figures(sku: str, _channel: str) -> dict[str, int]:
    return {"sellable": 9, "reserved": 0, "basket": 0, "safety": 0, "kept": 0} if sku == "A" else POOL


def test_grants_are_kept_with_figures_and_without_what_says_nothing() -> None:
    plain = Grant(Want(1, "A", 3), own=2, rooms=(2,))
    parts = (Claimed("A", Scope(site="WH1"), 2, 2),)
    want = Want(2, "K", 4, (Component("A", 2),), scope=Scope(site="WH1"))
    kit = Grant(want, own=1, made=((parts, 2),), rooms=(1, 4))
    first, second = (entry.to_json() for entry in lines_told([plain, kit], figures))
    assert first == line(2, pools={"A": figures("A", "") | {"room": 2}})
    assert (second["granted"], second["assembled"], second["scope"]) == (3, 2, {"site": "WH1"})
    # What the line before it took is told of the component.
    assert second["pools"] == {
        "K": POOL | {"room": 1},
        "A": figures("A", "") | {"room": 4, "before": 2},
    }
    assert (second["kit"], second["apart"]) == ({"A": 2}, True)
    assert sentences(CAPTURED, {"lines": [second]})[0].endswith(
        "It takes one site that has all of them, and none has enough for one more K."
    )


def test_what_was_promised_is_told_with_its_pool() -> None:
    proof = "Of A there were 5 sellable, of which 2 reserved, 1 in baskets, leaving 2."
    assert sentences(CAPTURED, {"lines": [line(3)]}) == [f"Line 1: all 3 of A were promised. {proof}"]
    assert sentences(CAPTURED, {"lines": [line(2)]}) == [f"Line 1: 2 of 3 of A were promised. {proof}"]
    assert sentences(CAPTURED, {"lines": [line(0)]}) == [f"Line 1: none of 3 of A could be promised. {proof}"]


def test_scope_components_and_every_pool_are_told() -> None:
    scope = {"site": "WH1", "fresh": "2027-01-01"}
    parts = {"sellable": 7, "safety": 1, "kept": 2, "kept_for": {"market": 2}, "room": 4}
    pools = {"A": {"sellable": 1, "room": 1}, "P": parts}
    (said,) = sentences(
        CAPTURED, {"lines": [line(3, scope=scope, assembled=2, pools=pools, kit={"P": 2, "Q": 1})]}
    )
    assert said == (
        "Line 1: all 3 of A (from site WH1, good at least until 2027-01-01) were promised. "
        "2 of them are put together from components. Of A there were 1 sellable. "
        "Each A can be put together from 2 of P and 1 of Q. "
        "Of P there were 7 sellable, of which 1 kept as safety stock, 2 kept for market, leaving 4."
    )


def test_a_line_that_names_serials_says_how_many_of_those_were_free() -> None:
    (said,) = sentences(CAPTURED, {"lines": [line(1, asked=2, named=2)]})
    assert "1 of 2 of A were promised. Of the serials that it names 1 was free." in said


def test_a_substitute_says_what_could_be_had_of_the_item_that_was_asked_for() -> None:
    (said,) = sentences(CAPTURED, {"lines": [line(3, substitute_for="B", had=0)]})
    assert "all 3 of A were promised. It is sent instead of B, of which none could be had." in said


def test_all_or_nothing_and_the_rank_are_told() -> None:
    rank = {"priority": 40, "parts": [["channel web", -20], ["waits 3 days", 5]]}
    other = line(0, line=2, could=3)
    said = sentences(CAPTURED, {"fill": "complete", "rank": rank, "lines": [line(0), other]})
    assert said[0].startswith("Line 1: none of 3 of A could be promised.")
    assert said[1].startswith("Line 2: all 3 of A could have been promised.")
    assert said[2:] == [
        (
            "The order is to be filled completely or not at all, so nothing was reserved for it; short is "
            "line 1."
        ),
        "The order's priority is 40 (smaller is served first): channel web -20, waits 3 days +5.",
    ]
    said = sentences(CAPTURED, {"fill": "complete", "rank": {"priority": 9}, "lines": [line(3)]})
    assert said[1:] == ["The order's priority is 9 (smaller is served first)."]


def test_a_fill_names_who_came_next() -> None:
    later = {"order": "o2", "line": 4, "priority": 100, "placed_at": "2026-01-04T09:05:00.000Z", "open": 7}
    assert sentences(FILLED, {"lines": [line(2)], "runner_up": later}) == [
        "Line 1: 2 of 3 waiting units of A were given as they became free.",
        (
            "First of those that wait on is order o2 line 4 (priority 100, placed 2026-01-04 09:05 UTC), "
            "which waits for 7 units."
        ),
    ]
    said = sentences(FILLED, {"lines": [line(2)], "runner_up": later | {"fill": "complete"}})
    assert said[1].endswith("which waits for 7 units and is filled completely or not at all.")
    assert len(sentences(FILLED, {"lines": [line(2)]})) == 1


def test_a_refusal_names_who_holds_the_units_until_they_add_up() -> None:
    held = [
        {"document": "order:o1", "line": 2, "sku": "A", "qty": 3, "claim": "soft"},
        {"document": "hold:B-1", "line": 1, "sku": "A", "qty": 2, "claim": "basket"},
        {"document": "order:o7", "line": 1, "sku": "A", "qty": 1, "claim": "hard", "own": True},
    ]
    said = sentences(REFUSED, {"lines": [line(2)], "held_by": held, "others": {"A": 4}})
    assert said[0].startswith("Line 1: 2 of 3 of A could have been promised.")
    assert said[1:] == [
        "It was not to wait for more, so nothing was claimed for it.",
        "3 of A are claimed by order o1 (line 2); an order that is served sooner may still get them.",
        "2 of A are claimed by basket B-1 (line 1).",
        "1 of A are its own already (line 1).",
        "4 more of A are claimed by others.",
    ]


def test_what_was_taken_back_says_what_happened() -> None:
    lost = {"line": 1, "sku": "A", "item": "A", "qty": 2, "cause": "event:1"}
    assert sentences(LOST, lost | {"happened": "Kim counted."})[1:] == ["What happened: Kim counted."]
    assert len(sentences(LOST, lost)) == 1


def test_a_kind_that_is_not_known_says_so() -> None:
    assert sentences("waved", {}) == ["A decision of the kind waved; see its document."]
