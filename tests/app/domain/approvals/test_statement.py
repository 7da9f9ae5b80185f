from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.domain import canonical
from app.domain.approvals.signed import sign
from app.domain.approvals.statement import (
    STATEMENT_TAG,
    Action,
    Statement,
    action_of,
    body_digest,
    body_shown,
    decider_of,
    workers_of,
)
from app.domain.envelope import header_fields
from app.domain.event import Event
from app.domain.refusal import Refused
from tests.approvals.world import POLICY, RUTH, RUTHS, said, sealed, write_off

EVENT = write_off()
STATEMENT = said(EVENT, RUTHS.signed(POLICY))
FIELDS = json.loads(STATEMENT.signed(RUTH).document)


def test_a_statement_is_read_as_it_was_given() -> None:
    signed = STATEMENT.signed(RUTH)
    assert Statement.read(signed) == STATEMENT
    assert signed.holds(STATEMENT_TAG, RUTH.public_key)


@pytest.mark.parametrize(
    "fields",
    [
        {"approver": None},
        {"certificate": "00"},
        {"event_id": "x" * 101},
        {"body": STATEMENT.body.upper()},
        {"action": 1},
        {"requesting_station": ""},
        {"epoch": 0},
        {"approving_station": []},
        {"approving_epoch": "1"},
        {"counter": 0},
        {"nonce": "00"},
        {"value_minor": -1},
        {"value_minor": True},
        {"currency": ""},
        {"reason": ""},
        {"hlc": "noon"},
    ],
)
def test_wrong_types_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Refused):
        Statement.read(sign(FIELDS | fields, STATEMENT_TAG, RUTH))


def test_the_body_shown_is_the_same_before_and_after_sealing() -> None:
    stored = header_fields(sealed(EVENT, ()).header).text("facts_hash")
    assert body_digest(EVENT) == body_digest(EVENT, stored)


@pytest.mark.parametrize(
    "changed",
    [
        write_off(2),
        write_off(qty=2),
        write_off(operator="kim"),
        replace(EVENT, kind="stock.adjusted"),
        replace(EVENT, kind_ver=2),
        replace(EVENT, subject=()),
        replace(EVENT, corrects="x"),
        replace(EVENT, policy_ver=None),
        replace(EVENT, body={}),
        replace(EVENT, moves=()),
    ],
)
def test_whatever_the_screen_shows_is_in_the_digest(changed: Event) -> None:
    assert body_digest(changed) != body_digest(EVENT)


def test_what_can_be_erased_is_not() -> None:
    assert body_digest(replace(EVENT, private=None)) == body_digest(EVENT)
    assert canonical.decode(body_shown(EVENT)) == canonical.decode(body_shown(replace(EVENT, approvals=(1,))))


@pytest.mark.parametrize(
    ("event", "action"),
    [
        (EVENT, Action.WRITE_OFF),
        (replace(EVENT, kind="return.dispositioned"), Action.WRITE_OFF),
        (replace(EVENT, moves=()), Action.WRITE_OFF),
        (replace(EVENT, kind="stock.adjusted", moves=()), Action.ADJUST),
        (replace(EVENT, kind="approval.unlocked", moves=()), Action.UNLOCK),
        (replace(EVENT, kind="return.serial_accepted", moves=()), Action.OVERRIDE),
        (replace(EVENT, kind="unit.redecided", moves=()), Action.OVERRIDE),
        # Goods that leave are a write-off, whatever the event calls itself.
        (replace(EVENT, kind="unit.redecided"), Action.WRITE_OFF),
        (replace(EVENT, kind="return.finished", moves=()), None),
    ],
)
def test_which_events_are_which_action(event: Event, action: Action | None) -> None:
    assert action_of(event) == action


@pytest.mark.parametrize(
    ("kind", "body", "decider"),
    [
        ("unit.redecided", {"decided_by": "RUTH", "by": "OMAR"}, "RUTH"),
        ("return.serial_accepted", {"decided_by": "RUTH", "by": "OMAR"}, "OMAR"),
        ("unit.redecided", {"decided_by": 7}, ""),
        ("return.serial_accepted", {}, ""),
        ("stock.written_off", {"decided_by": "RUTH"}, None),
    ],
)
def test_who_decided_is_who_an_override_names(
    kind: str, body: dict[str, object], decider: str | None
) -> None:
    assert decider_of(replace(EVENT, kind=kind, body=body)) == decider


@pytest.mark.parametrize(
    ("overrides", "workers"),
    [
        ({"by": "ben"}, ("sam", "ben")),
        ({"by": ""}, ("sam",)),
        ({"by": 7}, ("sam",)),
        ("ben", ("sam",)),
        (None, ("sam",)),
    ],
)
def test_an_override_is_also_the_work_of_whom_it_overrides(
    overrides: object, workers: tuple[str, ...]
) -> None:
    assert workers_of(replace(EVENT, body={"overrides": overrides})) == workers
