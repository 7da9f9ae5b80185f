"""Every column of a posted event, and each of its moves, is what was sealed."""

from __future__ import annotations

import pytest

from sync.central.checks.events import read_facts
from tests.sync.central.checks.busy import Busy, update


def test_a_busy_day_was_honest(busy: Busy) -> None:
    report = busy.audit()
    assert report.violations == ()
    assert (report.stations, report.events) == (3, 16)


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'return.arrived'",
        "operator = 'mallory'",
        "policy_ver = '9'",
        "corrects = '{e1}'",
        "origin = '{two}'",
        "occurred_at = '2026-11-22T10:41:08.123Z'",
        "posted_at = 'at noon'",
        "body = replace(body, 'L-6', 'L-7')",
        "body = replace(body, '1', 'true')",
        "body = 'no JSON'",
    ],
)
def test_a_changed_column_is_named(busy: Busy, change: str) -> None:
    broken = busy.broken(update("event", change, "event_id = '{e6}'"))
    # The unit came back with no RMA, and its row tells whose work and which facts it is of.
    also = ["return: blind unit L-6"] if change in {"origin = '{two}'", "body = 'no JSON'"} else []
    assert broken == busy.named("event: event {e6}", *also)


def test_true_is_not_one(busy: Busy) -> None:
    # Python holds them for equal; a deed on line "true" is on no line, so its units are missed too.
    spoilt = "UPDATE event SET body = replace(body, '\"line\":1', '\"line\":true') WHERE event_id = '{e2}'"
    broken = busy.broken(spoilt)
    assert broken == busy.named("event: event {e2}", "return: RMA R-1-1", "return: RMA R-1-1 line 1")


def test_when_the_centre_posted_its_own_events_is_sealed(busy: Busy) -> None:
    for change in ("posted_at = '2026-11-22T10:41:08.123Z'", "occurred_at = 'at noon'"):
        broken = busy.broken(update("event", change, "event_id = '{received}'"))
        assert broken == busy.named("event: event {received}")


def test_both_sides_of_a_difference_are_told(busy: Busy) -> None:
    found = busy.planted("UPDATE event SET operator = 'mallory', policy_ver = '9' WHERE event_id = '{e6}'")
    assert [(violation.found, violation.expected) for violation in found] == [
        ("operator mallory, policy_ver 9", "operator sam, policy_ver None")
    ]


@pytest.mark.parametrize("column", ["reason", "document", "kind"])
def test_a_changed_move_is_named(busy: Busy, column: str) -> None:
    mine = "event = (SELECT id FROM event WHERE event_id = '{e6}')"
    broken = busy.broken(update("move", f"{column} = 'other'", mine))
    assert broken == busy.named("facts: event {e6}")


def test_who_made_what_is_the_centres_is_answered_for(busy: Busy) -> None:
    assert busy.broken("DELETE FROM exception WHERE type = 'event.not_a_stations'") == busy.named(
        "answered: order.shipped of station {one}"
    )
    # What an approver might have signed is answered for by the verdict on that.
    assert busy.broken("DELETE FROM exception WHERE type = 'approval.invalid'")
    assert not busy.broken("UPDATE exception SET state = 'resolved' WHERE type = 'event.not_a_stations'")


def test_only_objects_are_facts() -> None:
    assert read_facts(b'{"a":1}') == {"a": 1}
    assert [read_facts(raw) for raw in (b"[]", b"{", "{}", None)] == [None] * 4
