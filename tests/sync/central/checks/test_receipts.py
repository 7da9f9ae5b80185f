"""What is not posted repeats something, or waits with a case; nothing disappears by a word in a column."""

from __future__ import annotations

import pytest

from tests.sync.central.checks.busy import Busy, delete, update

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
    # All of it is taken away and every sum made right: only the receipt is left to tell.
    broken = busy.broken(
        "UPDATE receipt SET state = 'duplicate' WHERE event_id = '{e6}' AND state = 'posted'",
        "DELETE FROM move WHERE event = (SELECT id FROM event WHERE event_id = '{e6}')",
        "DELETE FROM event WHERE event_id = '{e6}'",
        "DELETE FROM balance WHERE account IN (SELECT id FROM account WHERE label = 'L-6')",
        "INSERT INTO balance SELECT id, owner, item, status, 1 FROM account "
        "WHERE location = '@customer' AND item = 'A'",
    )
    assert broken == busy.named("receipts: event number 6 of station {one}")
