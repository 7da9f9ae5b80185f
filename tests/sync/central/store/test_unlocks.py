"""A lock is answered for until somebody with the right to it unlocked; a station has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.approvals import Action
from app.domain.event import Event
from sync.central.commands.approvers import unlock
from sync.central.commands.approvers_asked import Unlocking
from sync.central.store.tables import exception
from tests.sync.central.approving import Desk, desk_in


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def said(desk: Desk, kind: str, **body: Any) -> Event:
    number = len(desk.bench.events)
    return replace(
        desk.written_off(),
        event_id=f"said-{number}",
        kind=f"approval.{kind}",
        subject=("approver:RUTH",),
        moves=(),
        body={"approver": "RUTH"} | body,
    )


def locks(desk: Desk) -> None:
    desk.send(desk.record(said(desk, "locked", failed=8)))


def case(desk: Desk) -> str:
    (row,) = desk.ask(select(exception).where(exception.c.type == "approver.locked"))
    return str(row.state)


def by_centre(desk: Desk) -> None:
    asked = Unlocking(station_id=desk.bench.station_id)
    desk.act(lambda act: unlock(act, desk.issuer(act), "RUTH", asked))


@pytest.mark.parametrize(
    "body",
    [
        {"by": "OMAR"},
        {},
        {"by": "centre"},
        {"by": "centre", "number": 1},
        {"by": "centre", "number": True},
        {"by": "centre", "number": "1"},
    ],
)
def test_an_unlock_that_nobody_gave_is_one_case_and_closes_none(desk: Desk, body: dict[str, Any]) -> None:
    locks(desk)
    desk.send(desk.record(said(desk, "unlocked", **body)))
    assert case(desk) == "open"
    assert [verdict for _, verdict in desk.verdicts()] == ["invalid"]
    assert ("approval.invalid", None, None) in desk.cases()


def test_another_approvers_signature_closes_it(desk: Desk) -> None:
    locks(desk)
    event = said(desk, "unlocked", by="OMAR")
    desk.send(desk.record(event, desk.sign(event, "OMAR", action=Action.UNLOCK, value=0)))
    assert (case(desk), [verdict for _, verdict in desk.verdicts()]) == ("resolved", ["valid"])


def test_the_centres_word_closes_it_once(desk: Desk) -> None:
    by_centre(desk)
    locks(desk)
    desk.send(desk.record(said(desk, "unlocked", by="centre", number=1)))
    assert (case(desk), desk.verdicts()) == ("resolved", [])
    locks(desk)
    desk.send(desk.record(said(desk, "unlocked", by="centre", number=1)))
    assert (case(desk), desk.verdicts()) == ("open", [])
    by_centre(desk)
    desk.send(desk.record(said(desk, "unlocked", by="centre", number=2)))
    assert case(desk) == "resolved"


def test_a_lock_after_an_unlock_in_one_push_stays_open(desk: Desk) -> None:
    by_centre(desk)
    events = [said(desk, "locked"), said(desk, "unlocked", by="centre", number=1), said(desk, "locked")]
    desk.send(*(desk.record(replace(one, event_id=f"one-{n}")) for n, one in enumerate(events)))
    assert case(desk) == "open"
