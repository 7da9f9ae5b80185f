"""What is not posted repeats something, or waits with a case; nothing disappears by a word in a column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sync.central.checks.receipts import check_waiting
from sync.central.store.tables import receipt
from tests.sync.central.checks.busy import Busy, busy_at, delete, update

UNPOSTED = "receipts: event number 8 of station {one}"
NOVEL = "receipts: event number 10 of station {one}"
REUSED = "receipts: event number 2 of station {two}"
EVIDENCE = "receipts: evidence {evidence} of station {two}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "UPDATE receipt SET state = 'duplicate' WHERE event_id = '{e3}'",
            {"facts: posted events", "receipts: event number 3 of station {one}"},
        ),
        (
            "UPDATE receipt SET state = 'posted' WHERE state = 'duplicate'",
            {"facts: posted events", "receipts: event {e2}", "event: event {e2}"},
        ),
        ("UPDATE receipt SET state = 'duplicate' WHERE state = 'quarantined'", {REUSED}),
        ("UPDATE receipt SET state = 'lost' WHERE state = 'quarantined'", {REUSED}),
        (
            "UPDATE receipt SET state = 'unposted' WHERE event_id = '{e6}' AND state = 'posted'",
            {"facts: posted events", "receipts: event number 6 of station {one}"},
        ),
        ("UPDATE receipt SET state = 'parked' WHERE event_id = '{e10}'", {NOVEL}),
        (
            "UPDATE receipt SET state = 'duplicate' WHERE event_id = '{e8}'",
            {UNPOSTED, "receipts: event number 9 of station {one}"},
        ),
        ("UPDATE receipt SET facts = header WHERE state = 'evidence'", {EVIDENCE}),
    ],
)
def test_a_changed_receipt_is_named(busy: Busy, change: str, expected: set[str]) -> None:
    assert busy.broken(change) == busy.named(*expected)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("event.unposted", UNPOSTED),
        ("kind.unknown", NOVEL),
        ("event.id_reuse", REUSED),
        ("event.rejected", EVIDENCE),
    ],
)
def test_what_is_not_posted_has_its_case(busy: Busy, kind: str, where: str) -> None:
    assert busy.broken(delete("exception", f"type = '{kind}'")) == busy.named(where)


@pytest.mark.parametrize("kind", ["kind.unknown", "event.id_reuse", "event.rejected"])
def test_an_answer_is_enough_where_nothing_waits_for_more(busy: Busy, kind: str) -> None:
    assert not busy.broken(update("exception", "state = 'resolved'", f"type = '{kind}'"))


def test_what_failed_stays_on_the_list_until_it_is_posted(busy: Busy) -> None:
    closed = "UPDATE exception SET state = 'resolved' WHERE type = 'event.unposted'"
    assert busy.broken(closed) == busy.named(UNPOSTED)


def test_a_posted_event_cannot_be_hidden_behind_the_word_duplicate(busy: Busy) -> None:
    # All of it is taken away and every sum made right: only the receipt and the blind unit are left to tell.
    broken = busy.broken(
        "UPDATE receipt SET state = 'duplicate' WHERE event_id = '{e6}' AND state = 'posted'",
        "DELETE FROM move WHERE event = (SELECT id FROM event WHERE event_id = '{e6}')",
        "DELETE FROM journal_line WHERE event = (SELECT id FROM event WHERE event_id = '{e6}')",
        "DELETE FROM journal_entry WHERE event = (SELECT id FROM event WHERE event_id = '{e6}')",
        "UPDATE stock_worth SET qty = qty - 1, value = value - 250 WHERE sku = 'A'",
        "DELETE FROM event WHERE event_id = '{e6}'",
        "DELETE FROM balance WHERE account IN (SELECT id FROM account WHERE label = 'L-6')",
        "INSERT INTO balance SELECT id, owner, item, status, 1 FROM account "
        "WHERE location = '@customer' AND item = 'A'",
    )
    assert broken == busy.named("receipts: event number 6 of station {one}", "return: blind unit L-6")


@pytest.mark.parametrize("change", ["salt = 'no hex'", "sig = 'no hex'"])
def test_evidence_that_is_no_bytes_is_named(busy: Busy, change: str) -> None:
    assert busy.broken(update("receipt", change, "state = 'evidence'")) == busy.named(EVIDENCE)


def test_evidence_that_holds_a_text_is_named(tmp_path: Path) -> None:
    # PostgreSQL keeps no text among bytes.
    with busy_at(f"sqlite:///{tmp_path / 'centre.db'}") as busy:
        change = update("receipt", "private = 'a text'", "state = 'evidence'")
        assert busy.broken(change) == busy.named(EVIDENCE)


@pytest.mark.parametrize("subject", [7, [7], [["label:L-9"]], {"label:L-9": 1}, "label:L-9", None, [None]])
@pytest.mark.parametrize("corrects", [7, ["e"], None])
def test_a_field_of_another_type_names_nothing(busy: Busy, subject: object, corrects: object) -> None:
    header = {"event_id": busy.names["e8"], "subject": subject, "corrects": corrects}
    with busy.database.write() as conn:
        trial = conn.begin_nested()
        signed = receipt.update().where(receipt.c.event_id == busy.names["e8"])
        conn.execute(signed.values(header=json.dumps(header).encode()))
        broken = {f"{found.law}: {found.subject}" for found in check_waiting(conn)}
        trial.rollback()
    # What was parked behind it now waits for nothing that could be named.
    assert broken == busy.named("receipts: event number 9 of station {one}")
