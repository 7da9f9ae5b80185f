"""Words of supervisors about serials: they hold when validly signed, standing, and about that very unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.approvals import Action
from app.domain.event import Event, EventKind, undo
from sync.central.commands import approvers as commands
from sync.central.store.serial_words import accepted
from tests.sync.central.approving import KEYS, PRICE, Desk, asking, desk_in

UNIT: dict[str, Any] = {
    "rma": "R-1",
    "line": 1,
    "sku": "K-17",
    "serial": "SN-9",
    "instead_of": "SN-1",
    "accepted": "word",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def word(desk: Desk, event_id: str = "word") -> Event:
    body = {name: value for name, value in UNIT.items() if name != "accepted"} | {"qty": 1, "reason": "label"}
    kind = EventKind.RETURN_SERIAL_ACCEPTED
    gone = desk.written_off()
    return replace(gone, event_id=event_id, kind=kind, moves=(), body=body, subject=("rma:R-1",))


def held(desk: Desk, **more: Any) -> frozenset[str]:
    with desk.store.database.read() as conn:
        return accepted(conn, [UNIT | more, {}])


def signed(desk: Desk, event: Event) -> None:
    desk.send(desk.record(event, desk.sign(event, action=Action.OVERRIDE)))


def may_override(desk: Desk) -> None:
    """Ruth's certificate, with the action in it."""
    asked = asking("RUTH", KEYS["RUTH"], actions=["write_off", "override"])
    desk.act(lambda act: commands.enrol(act, desk.issuer(act), asked))


def test_a_word_holds_for_the_unit_that_it_is_about_and_for_no_other(desk: Desk) -> None:
    may_override(desk)
    signed(desk, word(desk))
    assert desk.verdicts() == [("word", "valid")]
    assert held(desk) == {"word"}
    for other in ({"serial": "SN-8"}, {"line": 2}, {"rma": "R-2"}, {"instead_of": "SN-2"}, {"accepted": 7}):
        assert held(desk, **other) == frozenset()
    assert held(desk, accepted="another") == frozenset()


def test_a_word_that_was_taken_back_holds_no_more(desk: Desk) -> None:
    may_override(desk)
    given = word(desk)
    signed(desk, given)
    back = undo("back", given, "sam", "s", "undo at the bench")
    desk.send(desk.record(back, corrects="word"))
    assert held(desk) == frozenset()


def test_a_word_that_nobody_with_the_right_to_it_signed_holds_nothing(desk: Desk) -> None:
    signed(desk, word(desk))
    ((_, verdict),) = desk.verdicts()
    assert verdict != "valid"
    assert held(desk) == frozenset()
    ((_, money, currency),) = desk.cases()
    assert (money, currency) == (PRICE, "GBP")
    desk.send(desk.record(word(desk, "unsigned")))
    assert held(desk, accepted="unsigned") == frozenset()
