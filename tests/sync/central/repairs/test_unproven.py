"""Stock is in doubt exactly where the facts that moved it are."""

from __future__ import annotations

from app.domain.laws import Violation
from sync.central.audit import audit_connection
from sync.central.repairs.unproven import Unproven, unproven
from tests.sync.central.checks.busy import Busy, delete, update
from tests.sync.central.shop import OWNER

A, B, S = (OWNER, "A"), (OWNER, "B"), (OWNER, "S")


def doubt(busy: Busy, *changes: str) -> Unproven:
    """What is in doubt after these changes."""
    return busy.after(lambda conn: unproven(conn, audit_connection(conn).violations), *changes)


def test_an_honest_ledger_is_in_no_doubt(busy: Busy) -> None:
    assert doubt(busy) == Unproven(everything=False, items=frozenset())


def test_a_changed_move_puts_the_items_of_its_event_in_doubt(busy: Busy) -> None:
    found = doubt(busy, update("move", "qty = qty + 1", "event = 1 AND n = 1"))
    assert found == Unproven(everything=False, items=frozenset({A, B}))
    assert found.holds(*A)
    assert not found.holds(*S)


def test_a_lost_move_is_known_from_what_was_sealed(busy: Busy) -> None:
    found = doubt(busy, delete("move", "event = 1 AND n = 1"))
    assert found.items == {A, B}


def test_changed_facts_put_both_stories_in_doubt(busy: Busy) -> None:
    kind = "BLOB" if busy.database.dialect == "sqlite" else "BYTEA"
    found = doubt(busy, update("receipt", f"facts = CAST('[' AS {kind})", "event_id = '{e2}'"))
    assert found == Unproven(everything=False, items=frozenset({A}))


def test_an_event_that_nobody_sealed_is_found(busy: Busy) -> None:
    found = doubt(busy, update("receipt", "state = 'duplicate'", "event_id = '{sold_serial}'"))
    assert found == Unproven(everything=False, items=frozenset({S}))


def test_what_names_no_event_puts_everything_in_doubt(busy: Busy) -> None:
    for change in (
        update("station", "head_hash = 'x'", "bench = 0"),
        update("station", "public_key = 'x'", "bench = 0"),
        update("account", "key = 'x'", "id = 1"),
    ):
        assert doubt(busy, change).everything, change
        assert doubt(busy, change).holds("anybody", "anything")


def test_other_laws_put_nothing_in_doubt(busy: Busy) -> None:
    found = doubt(
        busy, update("balance", "qty = qty + 1", "account = 2"), update("rma", "state = 'closed'", "1 = 1")
    )
    assert found == Unproven(everything=False, items=frozenset())


def test_an_event_that_is_not_here_leads_to_nothing(busy: Busy) -> None:
    strange = [
        Violation("facts", "event none", "", ""),
        Violation("chain", "event number 1 of station x", "", ""),
    ]
    found = busy.shop.ask(lambda conn: unproven(conn, strange))
    # The second names a place in a chain where nothing stands: whose stock it moved cannot be told.
    assert found == Unproven(everything=True, items=frozenset())
