"""Every balance opens into moves that add up to it, on whatever page they are."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Missing
from sync.central.store.balances import Which, balances, proof
from tests.sync.central.checks.busy import Busy
from tests.sync.central.shop import PLACE, Shop


def pages(shop: Shop, which: Which, *, size: int = 2, zero: bool = False) -> list[Any]:
    """Every balance, some a page."""
    found: list[Any] = []
    cursor: Any = None
    while True:
        page: Any = shop.ask(lambda conn, c=cursor: balances(conn, which, c, size, zero=zero))  # type: ignore[misc]
        found += page["balances"]
        cursor = page["next"]
        if cursor is None:
            return found


def proofs(shop: Shop, number: int, size: int = 2) -> tuple[Any, list[Any]]:
    """The head of a proof and all its moves."""
    found: list[Any] = []
    cursor: Any = None
    while True:
        page: Any = shop.ask(lambda conn, c=cursor: proof(conn, number, c, size))  # type: ignore[misc]
        assert len(page["moves"]) <= size
        found += page["moves"]
        cursor = page["next"]
        if cursor is None:
            return page, found


def test_every_account_of_a_busy_day_is_proven(busy: Busy) -> None:
    everything = pages(busy.shop, Which(), zero=True)
    assert len(everything) == busy.audit().accounts
    for entry in everything:
        head, moves = proofs(busy.shop, entry["account_id"])
        assert head["account"] == entry["account"]
        assert head["agrees"]
        assert head["sum"] == entry["qty"] == sum(move["change"] for move in moves)
        assert [move["balance"] for move in moves] == [
            sum(move["change"] for move in moves[: n + 1]) for n in range(len(moves))
        ]
        assert moves, "an account is there because something moved"
        for move in moves:
            assert entry["account"] in (move["from"], move["to"])
            assert abs(move["change"]) == move["qty"]


def test_pages_hold_each_account_once(busy: Busy) -> None:
    for size in (1, 3, 500):
        numbers = [entry["account_id"] for entry in pages(busy.shop, Which(), size=size)]
        assert numbers == sorted(set(numbers))


def test_an_account_at_zero_has_its_history(busy: Busy) -> None:
    shown = {entry["account_id"] for entry in pages(busy.shop, Which())}
    empty = [entry for entry in pages(busy.shop, Which(), zero=True) if entry["account_id"] not in shown]
    assert {entry["qty"] for entry in empty} == {0}
    head, moves = proofs(busy.shop, empty[0]["account_id"])
    assert (head["qty"], head["sum"]) == (0, 0)
    assert moves[-1]["balance"] == 0


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Which(sku="S", serial="s3"), [("@supplier", -1), (PLACE, 1)]),
        (Which(sku="A", site="WH1"), [(PLACE, 14)]),
        (Which(sku="A", location="R-03", label="L-3"), [("R-03", 1)]),
        (Which(sku="A", location="R-03", grade="A"), []),
        (Which(sku="B", status="sellable"), [(PLACE, 5), ("WH1-B", -3)]),
        (Which(sku="A", site="", label="", status=""), [("@supplier", -20)]),
        (Which(owner="nobody"), []),
        (Which(sku="A", reason="wet"), []),
        (Which(sku="A", lot="x"), []),
    ],
)
def test_each_part_narrows(busy: Busy, which: Which, expected: list[tuple[str, int]]) -> None:
    found = [(entry["account"]["location"], entry["qty"]) for entry in pages(busy.shop, which)]
    assert found == expected


def test_the_site_is_that_of_the_location(busy: Busy) -> None:
    entries = pages(busy.shop, Which(sku="A"), zero=True)
    sites = {entry["account"]["location"]: entry["site"] for entry in entries}
    assert (sites[PLACE], sites["R-03"], sites["@customer"]) == ("WH1", None, None)


def test_what_is_in_a_lane_is_in_transit(shop: Shop) -> None:
    shop.items("A")
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5})
    shop.sent({"A": 2})
    (entry,) = pages(shop, Which(sku="A", status="in_transit"))
    assert (entry["account"]["location"], entry["qty"]) == ("@transit:WH1>WH2", 2)


def test_a_balance_that_was_changed_by_hand_disagrees(busy: Busy) -> None:
    shop = busy.shop
    assert shop.ask(lambda conn: proof(conn, 2, None, 1))["agrees"] is True
    number = pages(shop, Which(sku="A", location=PLACE))[0]["account_id"]

    change = f"UPDATE balance SET qty = qty + 1 WHERE account = {number}"  # noqa: S608 - made of a number
    found: Any = busy.after(lambda conn: proof(conn, number, None, 1), change)
    assert (found["agrees"], found["qty"], found["sum"]) == (False, 15, 14)


def test_what_is_not_there_is_missing_and_a_strange_cursor_refused(busy: Busy) -> None:
    with pytest.raises(Missing) as no:
        busy.shop.ask(lambda conn: proof(conn, 10**9, None, 1))
    assert no.value.code == "account.unknown"
    for cursor in ("x", "1-x"):
        with pytest.raises(Refused):
            busy.shop.ask(lambda conn, c=cursor: proof(conn, 2, c, 1))  # type: ignore[misc]
        with pytest.raises(Refused):
            busy.shop.ask(lambda conn, c=cursor: balances(conn, Which(), c, 1))  # type: ignore[misc]
