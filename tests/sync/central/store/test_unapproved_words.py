"""What a word puts up for sale that nobody gave waits where it is; the word itself is a fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.approvals import Action
from app.domain.event import Event, EventKind, undo
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store.tables import account, balance, event, exception
from tests.sync.central.approving import Desk, desk_in

HELD = Account("ACME", "K-17", "HOLD-3", Status.QUARANTINED, reason="inspection", label="L1", grade="B")
SHELF = replace(HELD, location="R-03", status=Status.SELLABLE, reason=None, label="L2")
KEPT = ("R-03", "quarantined", "inspection", "L2", 1)
FOR_SALE = ("R-03", "sellable", "", "L2", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        found.enrol("RUTH", actions=["override"])
        body = {"rma": None, "line": None, "sku": "K-17", "qty": 1, "label": "L1", "grade": "B"}
        moves = (Move(1, Account("ACME", "K-17", Virtual.CUSTOMER, None), HELD, MoveKind.RETURN),)
        came = replace(found.written_off(), kind=EventKind.RETURN_DISPOSITIONED, moves=moves, body=body)
        found.send(found.record(replace(came, event_id="came")))
        yield found


def word(desk: Desk, target: Account = SHELF, **said: Any) -> Event:
    body = {"sku": "K-17", "qty": 1, "label": "L2", "decided_by": "RUTH", "disposition": "restock"} | said
    moves = (Move(1, HELD, target, MoveKind.DISPOSE),)
    return replace(desk.written_off(), event_id="word", kind=EventKind.UNIT_REDECIDED, moves=moves, body=body)


def stock(desk: Desk) -> list[tuple[Any, ...]]:
    columns = (*(account.c[name] for name in ("location", "status", "reason", "label")), balance.c.qty)
    asked = select(*columns).join_from(account, balance, balance.c.account == account.c.id)
    return [tuple(row) for row in desk.ask(asked.where(account.c.location.not_like("@%")))]


def signed(desk: Desk, event: Event, **more: Any) -> Any:
    return desk.record(event, desk.sign(event, action=Action.OVERRIDE, **more))


def test_what_nobody_approved_is_not_for_sale_until_somebody_decides(desk: Desk) -> None:
    desk.send(desk.record(word(desk)))
    assert stock(desk) == [KEPT]
    (row,) = desk.ask(select(event).where(event.c.kind == "unit.redecided", event.c.origin == "centre"))
    assert row.operator == "centre"


def test_what_was_forged_is_not_for_sale_either(desk: Desk) -> None:
    desk.send(signed(desk, word(desk, decided_by="OMAR")))
    assert stock(desk) == [KEPT]


def test_what_was_approved_or_has_to_be_looked_at_is_for_sale(desk: Desk) -> None:
    desk.send(signed(desk, word(desk), counter=7))
    assert [verdict for _, verdict in desk.verdicts()] == ["review"]
    assert stock(desk) == [FOR_SALE]


def test_what_no_word_put_up_for_sale_stays_as_it_is(desk: Desk) -> None:
    desk.send(desk.record(word(desk, replace(HELD, location="V-02", status=Status.DAMAGED, reason=None))))
    assert stock(desk) == [("V-02", "damaged", "", "L1", 1)]


def test_the_bench_takes_its_word_back_all_the_same(desk: Desk) -> None:
    event = word(desk)
    back = undo("back", event, "sam", "s", "undo at the bench")
    desk.send(desk.record(event))
    desk.send(desk.record(back, corrects="word"))
    assert stock(desk) == [("HOLD-3", "quarantined", "inspection", "L1", 1)]


def test_a_word_that_was_taken_back_in_the_same_push_has_nothing_to_keep(desk: Desk) -> None:
    event = word(desk)
    back = undo("back", event, "sam", "s", "undo at the bench")
    desk.send(desk.record(event), desk.record(back, corrects="word"))
    assert stock(desk) == [("HOLD-3", "quarantined", "inspection", "L1", 1)]


def test_a_word_that_nobody_gave_settles_no_dispute(desk: Desk) -> None:
    graded = replace(HELD, label="L2", grade="C")
    said = {"sku": "K-17", "qty": 1, "label": "L2", "replaces": "L1", "grade": "C", "before": "B"}
    base = desk.written_off()
    again = replace(
        base,
        event_id="again",
        kind=EventKind.RETURN_REGRADED,
        operator="ben",
        moves=(Move(1, HELD, graded, MoveKind.DISPOSE),),
        body=said | {"regrades": "came"},
    )
    desk.send(desk.record(again))
    up = replace(graded, location="R-03", status=Status.SELLABLE, reason=None, label="L3")
    overrides = {"event": "again", "disposition": "quarantine"}
    body = {"sku": "K-17", "qty": 1, "label": "L3", "replaces": "L2", "grade": "C", "decided_by": "RUTH"}
    alone = replace(
        base,
        event_id="word",
        kind=EventKind.UNIT_REDECIDED,
        operator="ben",
        moves=(Move(1, graded, up, MoveKind.DISPOSE),),
        body=body | {"disposition": "restock", "overrides": overrides},
    )
    assert disputes(desk) == ["open"]
    desk.send(desk.record(alone))
    assert [verdict for _, verdict in desk.verdicts()] == ["invalid"]
    assert disputes(desk) == ["open"]


def disputes(desk: Desk) -> list[str]:
    asked = select(exception.c.state).where(exception.c.type == "return.graders_disagree")
    return [str(row.state) for row in desk.ask(asked)]
