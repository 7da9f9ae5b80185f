"""Words of supervisors about serials hold when signed validly and standing, for the one unit of theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from app.domain.approvals import Action
from app.domain.event import Event, EventKind, undo
from app.domain.signing import Ed25519Signer
from sync.central.commands import approvers as commands
from sync.central.store.serial_words import naming, others
from sync.central.store.tables import rma
from tests.sync.central.approving import KEYS, PRICE, Desk, asking, desk_in
from tests.sync.central.receiving import Bench

SOLD = ("SN-1", "SN-2")
UNIT: dict[str, Any] = {
    "rma": "R-1",
    "line": 1,
    "sku": "K-17",
    "qty": 1,
    "serial": "SN-9",
    "instead_of": "SN-1",
    "accepted": "word",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def word(desk: Desk, event_id: str = "word", **more: Any) -> Event:
    body = {name: value for name, value in UNIT.items() if name != "accepted"} | {"by": "RUTH"} | more
    kind = EventKind.RETURN_SERIAL_ACCEPTED
    gone = desk.written_off()
    return replace(gone, event_id=event_id, kind=kind, moves=(), body=body, subject=("rma:R-1",))


def came(desk: Desk, event_id: str, **more: Any) -> Event:
    """A unit as a bench recorded it."""
    unit = word(desk, event_id)
    return replace(unit, kind=EventKind.RETURN_DISPOSITIONED, body=UNIT | more)


def authorized(conn: Connection, code: str) -> None:
    line = {"line": 1, "sku": "K-17", "qty": 2, "serials": list(SOLD)}
    document = json.dumps({"owner": "ACME", "lines": [line, line | {"line": 2}]})
    row = {"code": code, "owner": "ACME", "state": "open", "document": document, "created_at": ""}
    conn.execute(insert(rma).values(**row))


def not_sold(desk: Desk) -> list[str]:
    """Which units have a serial that was not sold, were their returns authorized."""
    with desk.store.database.write() as conn:
        trial = conn.begin_nested()
        authorized(conn, "R-1")
        authorized(conn, "R-2")
        found = others(conn, [{"serial": "SN-9", "rma": code} for code in ("R-1", "R-2")])
        trial.rollback()
    assert set(found.values()) <= {SOLD}
    return list(found)


def signed(desk: Desk, event: Event) -> None:
    desk.send(desk.record(event, desk.sign(event, action=Action.OVERRIDE)))


def may_override(desk: Desk) -> None:
    """Ruth's certificate, with the action in it."""
    asked = asking("RUTH", KEYS["RUTH"], actions=["write_off", "override"])
    desk.act(lambda act: commands.enrol(act, desk.issuer(act), asked))


def accepts(desk: Desk) -> None:
    may_override(desk)
    signed(desk, word(desk))
    assert desk.verdicts() == [("word", "valid")]


def test_a_word_holds_for_the_unit_that_it_is_about_and_for_no_other(desk: Desk) -> None:
    accepts(desk)
    wrong: list[dict[str, Any]] = [
        {"serial": "SN-8"},
        {"line": 2},
        {"rma": "R-2"},
        {"instead_of": "SN-2"},
        {"accepted": 7},
        {"accepted": []},
        {"accepted": "another"},
    ]
    units = [came(desk, f"unit-{n}", **other) for n, other in enumerate(wrong)]
    desk.send(*(desk.record(unit) for unit in [*units, came(desk, "its")]))
    assert sorted(not_sold(desk)) == [unit.event_id for unit in units]


@pytest.mark.parametrize("together", [True, False])
def test_a_word_is_used_up_by_the_first_unit_that_stands(desk: Desk, *, together: bool) -> None:
    accepts(desk)
    first, second = came(desk, "first"), came(desk, "second")
    units = [desk.record(first), desk.record(second)]
    for batch in [units] if together else [[unit] for unit in units]:
        desk.send(*batch)
    assert not_sold(desk) == ["second"]
    desk.send(desk.record(undo("back", first, "sam", "s", "undo at the bench"), corrects="first"))
    assert not_sold(desk) == []


@pytest.mark.parametrize("first", ["its", "itself"])
def test_a_word_holds_while_the_serial_it_stands_for_is_awaited(desk: Desk, first: str) -> None:
    """Whichever comes first of the unit that was accepted and the one that it stands for is the one."""
    accepts(desk)
    itself = came(desk, "itself", serial="SN-1", instead_of=None, accepted=None)
    units = {"its": came(desk, "its"), "itself": itself}
    (second,) = set(units) - {first}
    for name in (first, second):
        desk.send(desk.record(units[name]))
    assert not_sold(desk) == [second]


def test_two_words_stand_for_two_serials(desk: Desk) -> None:
    accepts(desk)
    signed(desk, word(desk, "again", serial="SN-8"))
    desk.send(
        desk.record(came(desk, "its")), desk.record(came(desk, "eight", serial="SN-8", accepted="again"))
    )
    assert not_sold(desk) == ["eight"]
    signed(desk, word(desk, "other", serial="SN-7", instead_of="SN-2"))
    seven = came(desk, "seven", serial="SN-7", instead_of="SN-2", accepted="other")
    desk.send(desk.record(seven))
    assert not_sold(desk) == ["eight"]


def test_a_word_holds_for_no_unit_of_another_station(desk: Desk) -> None:
    accepts(desk)
    desk.bench = Bench(Ed25519Signer(bytes([9]) * 32), "6c" * 16)
    desk.store.enrol(desk.bench)
    desk.send(desk.record(came(desk, "elsewhere")))
    assert not_sold(desk) == ["elsewhere"]


def test_a_word_that_was_taken_back_holds_no_more(desk: Desk) -> None:
    accepts(desk)
    desk.send(desk.record(came(desk, "its")))
    assert not_sold(desk) == []
    back = undo("back", word(desk), "sam", "s", "undo at the bench")
    desk.send(desk.record(back, corrects="word"))
    assert not_sold(desk) == ["its"]


def test_a_word_that_nobody_with_the_right_to_it_signed_holds_nothing(desk: Desk) -> None:
    signed(desk, word(desk))
    ((_, verdict),) = desk.verdicts()
    assert verdict != "valid"
    desk.send(desk.record(came(desk, "its")))
    ((_, money, currency),) = desk.cases()
    assert (money, currency) == (PRICE, "GBP")
    desk.send(desk.record(word(desk, "unsigned")))
    desk.send(desk.record(came(desk, "unheard", accepted="unsigned")))
    assert not_sold(desk) == ["its", "unheard"]


def test_units_are_found_by_the_words_that_they_name(desk: Desk) -> None:
    accepts(desk)
    desk.send(desk.record(came(desk, "its")), desk.record(came(desk, "plain", accepted=None)))
    with desk.store.database.read() as conn:
        assert list(naming(conn, ["word"])) == ["its"]
        assert naming(conn, []) == {}
        assert naming(conn, ["unheard"]) == {}
