"""What is shown of approvals: pages of verdicts, an approver's day, and the timeline of a unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.outcomes import Missing
from sync.central.store.approval_listing import approvals, digest, everyone, of_events, one
from sync.central.store.event_proof import event_document
from sync.central.store.timeline import About, timeline
from tests.sync.central.approving import PRICE, Desk, desk_in


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def ask(desk: Desk, question: Any) -> Any:
    with desk.store.database.read() as conn:
        return question(conn)


def worked(desk: Desk) -> list[str]:
    """A valid write-off, one to review, one that is not valid, and a note whose event never came."""
    events = [desk.written_off(n) for n in range(1, 5)]
    desk.send(desk.record(events[0], desk.sign(events[0])))
    desk.send(desk.record(events[1], desk.sign(events[1], counter=5)))
    desk.send(desk.record(events[2], "forged"))
    desk.counters["RUTH"] = 5
    desk.send(desk.note(desk.sign(events[3]), events[3]))
    return [event.event_id for event in events]


def test_verdicts_come_page_by_page(desk: Desk) -> None:
    ids = worked(desk)
    first = ask(desk, lambda conn: approvals(conn, None, None, 2))
    rest = ask(desk, lambda conn: approvals(conn, None, first["next"], 2))
    shown = [*first["approvals"], *rest["approvals"]]
    assert [entry["event_id"] for entry in shown] == ids[:3]
    assert [entry["authorization"] for entry in shown] == ["approved", "review", "unapproved"]
    assert rest["next"] is None
    (review,) = ask(desk, lambda conn: approvals(conn, "review", None, 9))["approvals"]
    assert review["reasons"] == [
        {"code": "counter_gap", "why": "approvals of the same approver are missing before it"}
    ]
    assert (review["money_minor"], review["signed"][0]["approver"]) == (PRICE, "RUTH")


def test_a_site_sees_its_own_stations_only(desk: Desk) -> None:
    worked(desk)
    here = ask(desk, lambda conn: approvals(conn, None, None, 9, frozenset({"WH1"})))
    away = ask(desk, lambda conn: approvals(conn, None, None, 9, frozenset({"WH2"})))
    assert (len(here["approvals"]), away["approvals"]) == (3, [])
    assert ask(desk, lambda conn: everyone(conn, frozenset({"WH2"})))["approvers"] == []


def test_an_approver_reads_the_own_day(desk: Desk) -> None:
    ids = worked(desk)
    today = desk.store.clock.now().date()
    found = ask(desk, lambda conn: digest(conn, "RUTH", today))
    assert [entry["event_id"] for entry in found["approvals"]] == ids[:2]
    assert found["totals"] == [
        {"currency": "GBP", "verdict": "review", "count": 1, "minor": PRICE},
        {"currency": "GBP", "verdict": "valid", "count": 1, "minor": PRICE},
    ]
    assert [entry["event_id"] for entry in found["waiting"]] == [ids[3]]
    assert found["complete"]
    other = ask(desk, lambda conn: digest(conn, "RUTH", today + timedelta(days=1)))
    assert (other["approvals"], other["waiting"]) == ([], [])
    with pytest.raises(Missing):
        ask(desk, lambda conn: digest(conn, "NOAH", today))
    with pytest.raises(Missing):
        ask(desk, lambda conn: one(conn, "NOAH"))


def test_an_event_shows_its_approvals_wherever_it_is_shown(desk: Desk) -> None:
    ids = worked(desk)
    told = ask(desk, lambda conn: event_document(conn, ids[0]))["posted"]["approval"]
    assert (told["verdict"], told["signed"][0]["approver"]) == ("valid", "RUTH")
    assert set(ask(desk, lambda conn: of_events(conn, ids))) == set(ids[:3])
    assert ask(desk, lambda conn: of_events(conn, [])) == {}


def test_a_timeline_tells_the_verdict(desk: Desk) -> None:
    desk.send(desk.bench.record())
    found = ask(desk, lambda conn: timeline(conn, About(document="none"), None, 9))
    assert found["events"] == []
