"""Every way a balance can differ from the fold of its moves is found, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert

from sync.central.audit import audit_connection
from sync.central.repairs.balances import wrong_balances
from sync.central.repairs.unproven import Unproven
from sync.central.store.act import Act
from sync.central.store.tables import balance
from tests.sync.central.checks.busy import Busy, delete, update
from tests.sync.central.shop import OWNER

NO_DOUBT = Unproven(everything=False, items=frozenset())
FULL = "qty = 14"


def found(busy: Busy, *changes: str, doubt: Unproven = NO_DOUBT) -> list[tuple[str, str, str]]:
    """Subject, what is stored and what the rows say, after these changes."""
    return busy.after(
        lambda conn: [(c.subject, c.stored, c.rows_say) for c in wrong_balances(conn, doubt)], *changes
    )


def test_an_honest_ledger_has_none(busy: Busy) -> None:
    assert found(busy) == []


@pytest.mark.parametrize(
    ("change", "stored", "rows_say"),
    [
        (update("balance", "qty = 15", FULL), "15", "14"),
        (update("balance", "qty = -14", FULL), "-14", "14"),
        (update("balance", "qty = 0", FULL), "0", "14"),
        (delete("balance", FULL), "none", "14"),
        (update("balance", "status = 'damaged'", FULL), "14 as A of ACME, damaged", "14"),
        (update("balance", "status = ''", FULL), "14 as A of ACME, no status", "14"),
        (update("balance", "item = 'B'", FULL), "14 as B of ACME, sellable", "14"),
        (update("balance", "owner = 'B', qty = 1", FULL), "1 as A of B, sellable", "14"),
    ],
)
def test_each_difference_is_named(busy: Busy, change: str, stored: str, rows_say: str) -> None:
    assert found(busy, change) == [("ACME A WH1-A sellable", stored, rows_say)]


@pytest.mark.parametrize("qty", [0, 7])
def test_an_account_at_zero_has_no_row(busy: Busy, qty: int) -> None:
    def planted(conn: Connection) -> list[tuple[str, str]]:
        empty = conn.exec_driver_sql(
            "SELECT id, owner, item, status FROM account WHERE location = 'BENCH-07' ORDER BY id"
        ).first()
        assert empty is not None
        row = {
            "account": empty.id,
            "owner": empty.owner,
            "item": empty.item,
            "status": empty.status,
            "qty": qty,
        }
        conn.execute(insert(balance).values(row))
        return [(c.stored, c.rows_say) for c in wrong_balances(conn, NO_DOUBT)]

    assert busy.after(planted) == [(str(qty), "none")]


def test_what_is_in_doubt_is_left_alone(busy: Busy) -> None:
    change = update("balance", "qty = qty + 1", "1 = 1")
    items = frozenset({(OWNER, "A"), (OWNER, "B")})
    assert {subject.split()[1] for subject, *_ in found(busy, change)} == {"A", "B", "S"}
    some = found(busy, change, doubt=Unproven(everything=False, items=items))
    assert {subject.split()[1] for subject, *_ in some} == {"S"}
    assert found(busy, change, doubt=Unproven(everything=True, items=frozenset())) == []


def test_what_is_written_is_the_fold(busy: Busy) -> None:
    def mended(conn: Connection) -> tuple[list[object], set[str]]:
        shop = busy.shop
        act = Act(conn, shop.chain, "o", "s", shop.clock.now(), shop.clock.now())
        for correction in list(wrong_balances(conn, NO_DOUBT)):
            correction.change(act)
        return list(wrong_balances(conn, NO_DOUBT)), {v.law for v in audit_connection(conn).violations}

    change = update("balance", "qty = qty + 1, status = 'damaged', item = 'B'", "qty <> 20")
    assert busy.after(mended, change) == ([], set())
