"""An event shows what it moved, what corrects it, and what anybody needs to check its seal."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.envelope import digest
from app.domain.signing import EVENT_TAG, Verifier
from sync.central.rules.outcomes import Missing
from sync.central.store.event_proof import event_document
from tests.sync.central.checks.busy import Busy, update


def shown(busy: Busy, event_id: str) -> Any:
    return busy.shop.ask(lambda conn: event_document(conn, event_id))


def test_an_event_can_be_proven_from_what_is_shown(busy: Busy) -> None:
    found = shown(busy, busy.names["e2"])
    first, again = found["receipts"]
    assert (first["state"], first["seq"], again["state"]) == ("posted", 2, "duplicate")
    header = first["header"].encode()
    assert digest(header) == first["hash"]
    verifier, signature = Verifier(bytes.fromhex(first["public_key"])), bytes.fromhex(first["signature"])
    assert verifier.holds(EVENT_TAG, header, signature)
    assert first["sealed"]["facts_hash"] == again["sealed"]["facts_hash"]
    assert (first["follows"], first["followed_by"]) == (busy.names["e1"], busy.names["e3"])
    assert again["follows"] is None
    assert [move["kind"] for move in found["posted"]["moves"]] == ["return", "dispose"]
    assert found["posted"]["body"]["rma"] == busy.rma
    assert first["subject"] == ["label:L-5f-2", "sku:A"]


def test_a_correction_is_seen_from_both_sides(busy: Busy) -> None:
    undone, undo = busy.names["e3"], busy.names["e4"]
    assert shown(busy, undone)["corrected_by"] == [undo]
    assert shown(busy, undo)["posted"]["corrects"] == undone


def test_what_waits_is_shown_as_received_and_not_posted(busy: Busy) -> None:
    found = shown(busy, busy.names["e8"])
    assert found["posted"] is None
    assert [entry["state"] for entry in found["receipts"]] == ["unposted"]


def test_evidence_has_no_place_in_a_chain(busy: Busy) -> None:
    (which,) = [
        row.event_id
        for row in busy.shop.ask(
            lambda conn: conn.exec_driver_sql("SELECT event_id FROM receipt WHERE state = 'evidence'").all()
        )
    ]
    (entry,) = shown(busy, which)["receipts"]
    assert (entry["state"], entry["follows"], entry["followed_by"]) == ("evidence", None, None)


def test_bytes_that_are_no_header_are_not_shown_as_one(busy: Busy) -> None:
    kind = "BLOB" if busy.database.dialect == "sqlite" else "BYTEA"
    change = update("receipt", f"header = CAST('[' AS {kind})", "event_id = '{e2}'")
    found: Any = busy.after(lambda conn: event_document(conn, busy.names["e2"]), change)
    first = found["receipts"][0]
    assert (first["header"], first["sealed"], first["subject"]) == (None, {}, [])


def test_an_event_that_never_came_is_missing(busy: Busy) -> None:
    with pytest.raises(Missing):
        shown(busy, "nothing")
