"""What benches' supervisors may not decide by the centre's own rules is posted, and asked about once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap import resources
from app.domain.account import Account, Status
from app.domain.event import Event, EventKind, undo
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.items import put_items
from sync.central.store.tables import exception
from tests.sync.central.approving import PRICE, Desk, desk_in

HERE = Account("ACME", "K-17", "HOLD-3", Status.QUARANTINED, reason="inspection", label="L1", grade="B")


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        came = replace(found.written_off(), event_id="came", kind=EventKind.RETURN_DISPOSITIONED)
        moves = (Move(1, Account("ACME", "K-17", Virtual.CUSTOMER, None), HERE, MoveKind.RETURN),)
        body = {"rma": None, "line": None, "sku": "K-17", "qty": 1, "label": "L1"}
        found.send(found.record(replace(came, moves=moves, body=body)))
        yield found


def word(desk: Desk, disposition: object = "vendor_return") -> Event:
    target = replace(HERE, location="V-02", status=Status.DAMAGED, reason=None, label="L2")
    body = {"sku": "K-17", "qty": 1, "label": "L2", "disposition": disposition}
    moves = (Move(1, HERE, target, MoveKind.DISPOSE),)
    return replace(desk.written_off(), event_id="word", kind=EventKind.UNIT_REDECIDED, moves=moves, body=body)


def cases(desk: Desk) -> list[tuple[str, str, str, int, str]]:
    """Those about words: type, state, owner, money at risk, currency."""
    columns = ("type", "state", "owner_role", "money_minor", "currency")
    asked = select(*(exception.c[name] for name in columns)).where(exception.c.type.like("unit.%"))
    return [tuple(row) for row in desk.ask(asked)]


def hazardous(desk: Desk, *, now: bool) -> None:
    record = {"sku": "K-17", "name": "Kettle", "value_minor": PRICE, "currency": "GBP", "hazardous": now}
    desk.act(lambda act: put_items(act, [record]))


def test_a_route_that_the_policy_closes_is_one_case_until_the_word_is_taken_back(desk: Desk) -> None:
    desk.act(lambda act: publish_policy(act, resources.policy_source()))
    hazardous(desk, now=True)
    desk.send(desk.record(word(desk)))
    asked = ("unit.blocked", "open", "supervisor", PRICE, "GBP")
    assert cases(desk) == [asked]
    desk.send(desk.record(undo("back", word(desk), "sam", "s", "undo at the bench"), corrects="word"))
    assert cases(desk) == [("unit.blocked", "resolved", *asked[2:])]


@pytest.mark.parametrize("disposition", ["vendor_return", "unheard", 7, []])
def test_what_no_limit_closes_is_no_case(desk: Desk, disposition: object) -> None:
    desk.act(lambda act: publish_policy(act, resources.policy_source()))
    hazardous(desk, now=disposition != "vendor_return")
    desk.send(desk.record(word(desk, disposition)))
    assert cases(desk) == []


def test_without_a_policy_nothing_is_closed(desk: Desk) -> None:
    hazardous(desk, now=True)
    desk.send(desk.record(word(desk)))
    assert cases(desk) == []
