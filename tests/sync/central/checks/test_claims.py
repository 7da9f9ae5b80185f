"""Claims, lines and shipments are held against one another, kits and baskets included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from sync.central.checks.claims import check_claims, claim_sums, sums_of
from sync.central.store.tables import reservation
from tests.sync.central.checks.busy import Busy
from tests.sync.central.shop import OWNER, Shop, open_shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def laws(shop: Shop) -> list[str]:
    return [violation.law for violation in shop.ask(check_claims)]


def test_claims_of_kits_add_up_in_kits(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 5, "B": 5, "KIT": 1})
    shop.order({"KIT": 3})
    assert laws(shop) == []


def test_a_kit_whose_components_disagree_is_found(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A", "B", KIT)
        shop.receive({"A": 5, "B": 5})
        shop.order({"KIT": 2})
        shop.act(lambda act: act.conn.execute(text("UPDATE reservation SET qty = 3 WHERE item = 'A'")))
        assert laws(shop) == ["reserved"]


def test_a_claim_without_its_line_is_found(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        shop.order({"A": 1})
        shop.act(lambda act: act.conn.execute(text("UPDATE reservation SET line = 9")))
        assert laws(shop) == ["reserved", "reserved"]


def test_a_basket_claim_belongs_to_its_basket(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        shop.hold({"A": 2})
        assert laws(shop) == []
        shop.act(lambda act: act.conn.execute(text("UPDATE basket SET state = 'released'")))
        assert laws(shop) == ["claim"]


def test_a_claim_at_a_site_that_has_no_unit_is_found(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        shop.order({"A": 2})
        assert laws(shop) == []
        shop.act(lambda act: act.conn.execute(text("UPDATE reservation SET site = 'WH2'")))
        assert laws(shop) == ["promised once"]


@pytest.mark.parametrize("per", [0, -1])
def test_a_claim_for_no_unit_is_found_and_hides_nothing(tmp_path: Path, per: int) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A", "B", KIT)
        shop.receive({"A": 5, "B": 5})
        shop.order({"A": 1})
        shop.order({"KIT": 2})
        shop.act(lambda act: act.conn.execute(update(reservation).values(per=per)))
        shop.act(lambda act: act.conn.execute(text("UPDATE order_line SET returned = 1 WHERE sku = 'A'")))
        assert laws(shop) == ["reserved", "reserved", "order line"]


def test_a_claim_of_no_order_that_is_no_basket_is_found(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        shop.order({"A": 1})
        row = {"document": "x:1", "line": 1, "owner": OWNER, "item": "A", "channel": "web", "claim": "firm"}
        shop.act(lambda act: act.conn.execute(insert(reservation).values({**row, "qty": 1})))
        assert laws(shop) == ["claim"]


def test_grades_that_cannot_be_read_leave_the_other_laws_proven(
    busy: Busy, expect_log: Callable[[str], None]
) -> None:
    expect_log("the audit of promised once broke on its rows")
    broken = busy.broken(
        "UPDATE policy SET as_new = 'no JSON'", "UPDATE order_line SET returned = 9 WHERE shipped = 2"
    )
    assert {"promised once: its rows", "policy: policy 1"} < broken
    assert any(found.startswith("order line: ") for found in broken)
    assert any(found.startswith("return: ") for found in broken)


def test_sums_stand_beside_what_their_lines_show(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 5, "B": 5})
    shop.order({"KIT": 2, "A": 1})
    sums = shop.ask(lambda conn: list(claim_sums(conn)))
    assert [(found.line, found.shown, found.claimed, found.exact) for found in sums] == [
        (1, 2, 2, True),
        (2, 1, 1, True),
    ]
    assert [list(found.wrong()) for found in sums] == [[], []]
    (alone,) = sums_of(
        shop.ask(lambda conn: conn.execute(select(reservation).where(reservation.c.line == 2)).all()), []
    )
    assert (alone.shown, alone.claimed, alone.row) == (0, 1, None)
    assert [str(found) for found in alone.wrong()] == [
        "reserved: order row 1 line 2: found 0, expected 1 claimed"
    ]
