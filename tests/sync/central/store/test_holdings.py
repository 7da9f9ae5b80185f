"""Stock is the sum of rows, row by row and number by number, and opens into exactly those rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant
from sqlalchemy import func, select

from app.domain.account import Account, Status
from app.domain.laws import fold
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual, is_virtual
from app.domain.refusal import Refused
from sync.central.store import moves
from sync.central.store.balances import Which, balances, proof
from sync.central.store.expected import expected_returns
from sync.central.store.holdings import DIVISIONS, stock
from sync.central.store.tables import reservation
from tests.sync.central.checks.busy import Busy
from tests.sync.central.shop import OWNER, PLACE, Shop, open_shop
from tests.sync.central.test_never_twice import Trade

ON_HAND = ("sellable", "return_pending", "quarantined", "damaged", "refurbish", "in_transit")
CLAIMS = ("reserved", "baskets")


def read(
    shop: Shop, *, by: Iterable[str] = (), size: int = 2, owner: str | None = None, skus: Iterable[str] = ()
) -> list[Any]:
    """Every row, some a page."""
    asked: dict[str, Any] = {"owner": owner, "skus": list(skus), "by": list(by), "limit": size}
    found: list[Any] = []
    cursor: Any = None
    while True:
        page: Any = shop.ask(
            lambda conn, c=cursor: stock(conn, cursor=c, now=shop.clock.now(), **asked)  # type: ignore[misc]
        )
        assert len(page["stock"]) <= size
        found += page["stock"]
        cursor = page["next"]
        if cursor is None:
            return found


def numbers(rows: list[Any]) -> Counter[tuple[str, str]]:
    """Each number that is not zero, summed over rows, by item and name."""
    found = Counter[tuple[str, str]]()
    for row in rows:
        for name in (*ON_HAND, *CLAIMS, "expected_returns"):
            found[row["sku"], name] += row[name]["qty"]
    return Counter({key: qty for key, qty in found.items() if qty})


def folded(shop: Shop) -> Counter[tuple[str, str]]:
    """The same for what is on hand, from moves alone."""
    rows = shop.ask(lambda conn: conn.execute(moves.MOVES).all())
    found = Counter[tuple[str, str]]()
    for account, qty in fold(moves.move_of(row) for row in rows).items():
        if account.location.startswith("@transit:"):
            found[account.item, "in_transit"] += qty
        elif not is_virtual(account.location):
            found[account.item, str(account.status)] += qty
    return Counter({key: qty for key, qty in found.items() if qty})


def claimed(shop: Shop) -> Counter[tuple[str, str]]:
    """The same for claims, from their rows."""
    asked = select(reservation.c.item, reservation.c.claim, func.sum(reservation.c.qty)).group_by(
        reservation.c.item, reservation.c.claim
    )
    rows = shop.ask(lambda conn: conn.execute(asked).all())
    return Counter(
        {(item, "baskets" if claim == "basket" else "reserved"): int(qty) for item, claim, qty in rows}
    )


def opened(shop: Shop, path: str) -> int:
    """The sum of what a proof path leads to; of the balances it leads to, that of their own moves."""
    parts = urlsplit(path)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.path == "/v1/balances":
        page: Any = shop.ask(lambda conn: balances(conn, Which(**asked), None, 500))
        proofs: list[Any] = [
            shop.ask(lambda conn, n=entry["account_id"]: proof(conn, n, None, 1))  # type: ignore[misc]
            for entry in page["balances"]
        ]
        assert all(found["agrees"] for found in proofs)
        return sum(found["sum"] for found in proofs)
    assert parts.path == "/v1/stock/expected-returns"
    lines: Any = shop.ask(lambda conn: expected_returns(conn, asked["owner"], asked["sku"], None, 500))
    return sum(line["expected"] for line in lines["lines"])


def prove_paths(shop: Shop, rows: list[Any], *, placed: bool) -> None:
    """Every number of some rows is what its path opens into; RMA lines are of no place or lot."""
    for row in rows:
        for name in ON_HAND:
            assert opened(shop, row[name]["proof"]) == row[name]["qty"], (name, row)
        for number in row["quarantined"]["reasons"].values():
            assert opened(shop, number["proof"]) == number["qty"]
        assert sum(n["qty"] for n in row["quarantined"]["reasons"].values()) == row["quarantined"]["qty"]
        expected = row["expected_returns"]
        assert sum(expected["states"].values()) == expected["qty"]
        if not placed:
            assert opened(shop, expected["proof"]) == expected["qty"]
        assert row["reserved"]["proof"] == f"/v1/reservations?owner={OWNER}&sku={row['sku']}"


def test_a_busy_day_adds_up_however_it_is_divided(busy: Busy) -> None:
    shop, whole = busy.shop, numbers(read(busy.shop))
    assert whole == folded(shop) + claimed(shop) + _expected(shop) + _negative(folded(shop))
    prove_paths(shop, read(shop), placed=False)
    for by in (["site"], ["location"], ["lot"], ["serial"], ["grade"], list(DIVISIONS)):
        rows = read(shop, by=by, size=3)
        assert numbers(rows) == whole, by
        prove_paths(shop, rows, placed=True)
        keys = [tuple(row[name] for name in ("owner", "sku", *by)) for row in rows]
        assert len(set(keys)) == len(keys)


def _expected(shop: Shop) -> Counter[tuple[str, str]]:
    lines: Any = shop.ask(lambda conn: expected_returns(conn, None, None, None, 500))
    found = Counter[tuple[str, str]]()
    for line in lines["lines"]:
        found[line["sku"], "expected_returns"] += line["expected"]
    return found


def _negative(sums: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """What adding counters leaves out."""
    return Counter({key: qty for key, qty in sums.items() if qty < 0})


def test_a_claim_by_name_stands_with_its_serial(busy: Busy) -> None:
    rows = {row["serial"]: row for row in read(busy.shop, by=["serial"], skus=["S"])}
    assert {serial: row["reserved"]["qty"] for serial, row in rows.items()} == {None: 0, "s2": 1, "s3": 0}


def test_owner_and_items_narrow(busy: Busy) -> None:
    assert [row["sku"] for row in read(busy.shop, skus=["B", "S", "nothing"])] == ["B", "S"]
    assert read(busy.shop, owner="nobody") == []
    assert read(busy.shop, owner=OWNER) == read(busy.shop)


def test_pages_of_any_size_hold_the_same(busy: Busy) -> None:
    for by in ([], ["location", "serial"]):
        whole = read(busy.shop, by=by, size=500)
        assert [read(busy.shop, by=by, size=size) == whole for size in (1, 2, 3)] == [True] * 3


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as found:
        yield found


def test_states_lanes_and_what_left(either: Shop) -> None:
    either.items("A")
    either.receive({"A": 20})
    either.sites(**{"WH2-A": "WH2"})
    either.sent({"A": 3})
    here = Account(OWNER, "A", PLACE, Status.SELLABLE)
    there = [
        (3, Account(OWNER, "A", "Q-1", Status.QUARANTINED, "wet")),
        (2, Account(OWNER, "A", "Q-1", Status.QUARANTINED, "blind_return")),
        (1, Account(OWNER, "A", "D-1", Status.DAMAGED)),
        (4, Account(OWNER, "A", "F-1", Status.REFURBISH)),
        (2, Account(OWNER, "A", Virtual.SCRAP, Status.DISPOSED)),
    ]
    either.at_station("stock.moved", [Move(qty, here, to, MoveKind.ADJUST) for qty, to in there])
    (row,) = read(either)
    assert {name: row[name]["qty"] for name in ON_HAND} == {
        "sellable": 5,
        "return_pending": 0,
        "quarantined": 5,
        "damaged": 1,
        "refurbish": 4,
        "in_transit": 3,
    }
    assert {reason: n["qty"] for reason, n in row["quarantined"]["reasons"].items()} == {
        "blind_return": 2,
        "wet": 3,
    }
    prove_paths(either, [row], placed=False)


def test_items_that_are_all_gone_fill_no_page(either: Shop) -> None:
    skus = [f"A{n}" for n in range(9)]
    either.items(*skus, "Z")
    either.receive(dict.fromkeys(skus, 1))
    either.order(dict.fromkeys(skus, 1), ship="available")
    either.receive({"Z": 1})
    assert [row["sku"] for row in read(either, size=2)] == ["Z"]


def test_a_basket_is_a_claim_until_it_ends(either: Shop) -> None:
    either.items("A")
    either.receive({"A": 5})
    either.hold({"A": 5}, minutes=1)
    (found,) = read(either)
    assert (found["baskets"]["qty"], found["reserved"]["qty"], found["sellable"]["qty"]) == (5, 0, 5)
    either.clock.pass_by(minutes=1)
    assert read(either)[0]["baskets"]["qty"] == 0


def test_a_cursor_belongs_to_its_question(busy: Busy) -> None:
    page = busy.shop.ask(
        lambda conn: stock(conn, owner=None, skus=[], by=[], cursor=None, limit=1, now=busy.shop.clock.now())
    )
    with pytest.raises(Refused) as no:
        busy.shop.ask(
            lambda conn: stock(
                conn,
                owner=None,
                skus=[],
                by=["lot"],
                cursor=str(page["next"]),
                limit=1,
                now=busy.shop.clock.now(),
            )
        )
    assert no.value.code == "cursor.unfit"


class Shown(Trade):
    """The trade that never promises twice; what is shown after each step is the fold of what happened."""

    @invariant()
    def stock_is_the_fold_of_moves_and_the_sum_of_claims(self) -> None:
        shown = numbers(read(self.shop, size=500))
        from_moves, from_claims = folded(self.shop), claimed(self.shop)
        assert {key: qty for key, qty in shown.items() if key[1] in ON_HAND} == from_moves
        assert {key: qty for key, qty in shown.items() if key[1] in CLAIMS} == from_claims
        assert {key: qty for key, qty in shown.items() if key[1] == "expected_returns"} == _expected(
            self.shop
        )

    def teardown(self) -> None:
        """Every account and every number opens into moves that add up."""
        page: Any = self.shop.ask(lambda conn: balances(conn, Which(), None, 500, zero=True))
        for entry in page["balances"]:
            found: Any = self.shop.ask(lambda conn, n=entry["account_id"]: proof(conn, n, None, 500))  # type: ignore[misc]
            assert found["agrees"]
            assert sum(move["change"] for move in found["moves"]) == entry["qty"]
        prove_paths(self.shop, read(self.shop), placed=False)
        super().teardown()


TestShown = Shown.TestCase
TestShown.settings = settings(max_examples=max(1, settings().max_examples // 8))
