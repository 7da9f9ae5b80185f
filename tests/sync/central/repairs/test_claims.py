"""Lines show what their claims add up to; what contradicts itself is nobody's to correct."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from app.domain.clock import to_text
from sync.central.repair import repair
from sync.central.repairs.claims import ended_baskets, wrong_reserved
from sync.central.store.act import Act
from sync.central.store.tables import basket, reservation
from tests.sync.central.checks.busy import Busy, update
from tests.sync.central.shop import OWNER, Shop


def found(busy: Busy, *changes: str) -> list[tuple[str, str, str]]:
    return busy.after(
        lambda conn: [(c.subject, c.stored, c.rows_say) for c in wrong_reserved(conn)], *changes
    )


LINE = '"order" = 2 AND line = 1'
KIT = '"order" = 5 AND line = 1'


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), []),
        ((update("order_line", "reserved = 1", LINE),), [("order row 2 line 1", "1", "3")]),
        ((update("order_line", "reserved = 99", LINE),), [("order row 2 line 1", "99", "3")]),
        ((update("order_line", "reserved = 1", KIT),), [("order row 5 line 1", "1", "2")]),
        # Fewer claims than the line shows: the claims are the rows.
        ((update("reservation", "qty = 2", LINE),), [("order row 2 line 1", "3", "2")]),
        # More than was ordered, a kit of half a component, and claims of no line.
        ((update("reservation", "qty = 4", LINE),), []),
        ((update("reservation", "qty = 3", KIT + " AND item = 'A'"),), []),
        ((update("reservation", "line = 9", LINE),), [("order row 2 line 1", "3", "0")]),
    ],
)
def test_lines_are_corrected_where_claims_fit(
    busy: Busy, changes: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    assert found(busy, *changes) == expected


def test_what_is_written_is_the_sum_of_claims(busy: Busy) -> None:
    def mended(conn: Connection) -> list[object]:
        act = Act(conn, busy.shop.chain, "o", "s", busy.shop.clock.now(), busy.shop.clock.now())
        for correction in list(wrong_reserved(conn)):
            correction.change(act)
        return list(wrong_reserved(conn))

    assert busy.after(mended, update("order_line", "reserved = 0", "reserved > 0")) == []


def test_baskets_end_by_owner_and_item(busy: Busy) -> None:
    now = busy.shop.clock.now()

    def planted(conn: Connection) -> tuple[list[tuple[str, str]], list[object], int]:
        basket = {"channel": "web", "claim": "basket"}
        rows = [
            basket
            | {"document": f"hold:h{n}", "line": n, "owner": owner, "item": item, "qty": qty}
            | {"expires": to_text(now + timedelta(seconds=in_s))}
            for n, (owner, item, qty, in_s) in enumerate(
                (
                    (OWNER, "A", 2, 0),
                    (OWNER, "A", 3, -60),
                    (OWNER, "A", 4, 1),
                    (OWNER, "B", 5, -1),
                    ("OTHER", "A", 6, -1),
                )
            )
        ]
        conn.execute(insert(reservation).values(rows))
        ended = list(ended_baskets(conn, now))
        act = Act(conn, busy.shop.chain, "o", "s", now, now)
        before = len(conn.execute(reservation.select()).all())
        for correction in ended:
            correction.change(act)
        left = before - len(conn.execute(reservation.select()).all())
        return [(c.subject, c.stored) for c in ended], list(ended_baskets(conn, now)), left

    assert busy.after(planted) == (
        [
            ("A of ACME", "2 ended, of 5 units"),
            ("B of ACME", "1 ended, of 5 units"),
            ("A of OTHER", "1 ended, of 6 units"),
        ],
        [],
        4,
    )


def test_an_order_that_waits_gets_what_an_ended_basket_kept(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 2})
    shop.hold({"A": 5, "B": 2})
    shop.order({"A": 5, "B": 1}, order="w")
    assert (shop.line("w"), shop.line("w", 2)) == ((0, 0, 5, 0), (0, 0, 1, 0))
    shop.clock.pass_by(hours=1)
    report = repair(shop.database, shop.chain, shop.clock.now())
    assert [c.subject for c in report.corrections] == ["A of ACME", "B of ACME"]
    assert (shop.line("w"), shop.line("w", 2)) == ((5, 0, 0, 0), (1, 0, 0, 0))
    assert report.after is not None
    assert report.after.violations == ()


def test_a_basket_ends_with_the_last_of_its_claims_and_no_other_does(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 2})
    for code, units in (("h1", {"A": 1, "B": 1}), ("h2", {"B": 1})):
        shop.hold(units, hold=code)
    shop.clock.pass_by(hours=1)
    now, found = shop.clock.now(), list[list[str]]()

    def do(act: Act) -> None:
        for correction in list(ended_baskets(act.conn, now)):
            correction.change(act)
            over = select(basket.c.code).where(basket.c.state == "expired").order_by(basket.c.code)
            found.append(list(act.conn.scalars(over)))

    shop.act(do)
    assert found == [[], ["h1", "h2"]]
