"""Whose decision an approver overrides is asked of the record; what a bench says of it is only its word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.account import Account, Status
from app.domain.approvals import Action
from app.domain.event import Event, EventKind, undo
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands import approvers as commands
from sync.central.store.whose_work import asked_by, deciders
from tests.sync.central.approving import KEYS, Desk, asking, desk_in


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        for code in KEYS:
            asked = asking(code, KEYS[code], actions=["write_off", "override"])
            found.act(lambda act, a=asked: commands.enrol(act, found.issuer(act), a))
        yield found


def held(label: str, place: str = "HOLD-3") -> Account:
    return Account(
        "ACME", "K-17", place, Status.QUARANTINED, reason="awaiting_write_off", label=label, grade="B"
    )


def disposed(desk: Desk, operator: str, label: str) -> Event:
    """A unit that somebody at the bench discarded."""
    came = Account("ACME", "K-17", Virtual.CUSTOMER, None)
    moves = (Move(1, came, held(label), MoveKind.RETURN),)
    body = {"rma": None, "line": None, "sku": "K-17", "qty": 1, "label": label}
    kind = EventKind.RETURN_DISPOSITIONED
    told: dict[str, Any] = {"event_id": f"of-{label}", "operator": operator, "moves": moves, "body": body}
    return replace(desk.written_off(), kind=kind, **told)


def redecided(desk: Desk, label: str, to: str, **said: Any) -> Event:
    """A supervisor's word on the unit under a label, which gets another one."""
    moves = (Move(1, held(label), held(to), MoveKind.DISPOSE),)
    body = {"sku": "K-17", "qty": 1, "label": to, "decided_by": "RUTH", "overrides": {}} | said
    return replace(
        desk.written_off(), event_id=f"of-{to}", kind=EventKind.UNIT_REDECIDED, moves=moves, body=body
    )


def sends(desk: Desk, event: Event, *signers: str) -> None:
    desk.send(desk.record(event, *(desk.sign(event, code, action=Action.OVERRIDE) for code in signers)))


@pytest.mark.parametrize("said", [{}, {"by": "somebody"}, {"event": "of-L2"}, {"event": 7}])
def test_nobody_overrides_an_own_decision_whatever_the_bench_says_of_it(desk: Desk, said: Any) -> None:
    sends(desk, disposed(desk, "ruth", "L1"))
    sends(desk, redecided(desk, "L1", "L2", overrides=said), "RUTH")
    assert desk.verdicts() == [("of-L2", "invalid")]
    ((_, money, _),) = desk.cases()
    assert money


def test_nobody_overrides_an_own_word_although_another_works_at_the_bench(desk: Desk) -> None:
    sends(desk, disposed(desk, "sam", "L1"))
    sends(desk, redecided(desk, "L1", "L2"), "RUTH")
    sends(desk, redecided(desk, "L2", "L3", overrides={"by": "sam"}), "RUTH")
    sends(desk, redecided(desk, "L3", "L4", decided_by="OMAR"), "OMAR")
    assert desk.verdicts() == [("of-L2", "valid"), ("of-L3", "invalid"), ("of-L4", "valid")]


def test_nobody_signs_the_write_off_that_an_own_word_asked_for(desk: Desk) -> None:
    sends(desk, disposed(desk, "sam", "L1"))
    sends(desk, redecided(desk, "L1", "L2"), "RUTH")
    gone = desk.written_off()
    gone = replace(gone, moves=(replace(gone.moves[0], source=held("L2")),))
    desk.send(desk.record(gone, desk.sign(gone)))
    assert desk.verdicts()[-1][1] == "invalid"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("way", ["donate", "recycle", "scrap", "restock", []])
def test_who_rejected_a_write_off_gives_nothing_away_alone(desk: Desk, way: Any, *, together: bool) -> None:
    first = disposed(desk, "sam", "L1")
    rejected = replace(
        desk.written_off(2),
        kind=EventKind.WRITE_OFF_REJECTED,
        operator="RUTH",
        moves=(),
        body={"cause": "of-L1", "label": "L1", "sku": "K-17", "reason": "it is whole"},
    )
    word = redecided(desk, "L1", "L2", disposition=way)
    parts = [desk.record(first), desk.record(rejected)]
    parts.append(desk.record(word, desk.sign(word, action=Action.OVERRIDE)))
    for batch in [parts] if together else [[part] for part in parts]:
        desk.send(*batch)
    alone = way in ("donate", "recycle")
    assert desk.verdicts() == [("of-L2", "invalid" if alone else "valid")]
    assert len(desk.cases()) == alone
    # Of another supervisor it is a second person's word.
    again = redecided(desk, "L2", "L3", disposition=way, decided_by="OMAR")
    sends(desk, again, "OMAR")
    assert desk.verdicts()[-1] == ("of-L3", "valid")


@pytest.mark.parametrize(
    ("signers", "said", "people"),
    [
        (["RUTH"], {}, ["RUTH"]),
        # A word in another name is worth nothing: it is the operator's own.
        (["RUTH"], {"decided_by": "GHOST"}, ["sam", "RUTH"]),
        ([], {"decided_by": "GHOST"}, ["sam", "GHOST"]),
        ([], {"decided_by": None}, ["sam"]),
    ],
)
def test_who_asks_is_who_signed_and_else_the_operator(
    desk: Desk, signers: list[str], said: Any, people: list[str]
) -> None:
    sends(desk, disposed(desk, "kim", "L1"))
    word = redecided(desk, "L1", "L2", **said)
    sends(desk, word, *signers)
    with desk.store.database.read() as conn:
        assert deciders(conn, word.event_id, word.kind, word.operator, word.body) == people
        assert asked_by(conn, "of-L2", "kim") == ["kim", *people]
        assert asked_by(conn, None, "kim") == asked_by(conn, "unheard", "kim") == ["kim"]
        first = disposed(desk, "kim", "L1")
        assert deciders(conn, first.event_id, first.kind, "kim", {"decided_by": "GHOST"}) == ["kim"]


def test_a_word_that_has_to_be_looked_into_is_also_the_operators(desk: Desk) -> None:
    sends(desk, disposed(desk, "kim", "L1"))
    desk.revoke("RUTH")
    word = redecided(desk, "L1", "L2")
    sends(desk, word, "RUTH")
    assert desk.verdicts() == [("of-L2", "review")]
    with desk.store.database.read() as conn:
        assert deciders(conn, word.event_id, word.kind, word.operator, word.body) == ["RUTH", "sam"]
    desk.send(desk.record(undo("back", word, "sam", "s", "undo at the bench"), corrects="of-L2"))
    with desk.store.database.read() as conn:
        assert asked_by(conn, "of-L2", "RUTH") == ["RUTH"]
