"""When a line came into each state, and every way it can go, with what that does to stock."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.returns import LineState
from sync.central.rules.line_clock import EFFECT, TRANSITIONS, Entered, StockEffect, clock
from sync.central.rules.progress import ABOUT_RETURNS, COUNTED, Deed, Progress


@dataclass(frozen=True)
class Line:
    line: int
    sku: str
    qty: int


LINES = (Line(1, "A", 3), Line(2, "B", 1))


def deed(kind: EventKind, event_id: str = "e", **body: Any) -> Deed:
    return Deed(event_id, kind, "s1", Fields({"rma": "R-1", "sku": "A", "line": 1} | body, "facts"))


DEEDS = (
    deed(EventKind.RETURN_SENT, tracking="JD1"),
    deed(EventKind.RETURN_ARRIVED),
    *(deed(EventKind.RETURN_FINISHED, missing=[{"line": 1, "qty": qty}] if qty else []) for qty in range(4)),
    deed(EventKind.RETURN_DISPOSITIONED, qty=1),
    deed(EventKind.RETURN_DISPOSITIONED, qty=3),
    deed(EventKind.RETURN_MATCHED, qty=1),
    deed(EventKind.RETURN_ENDED, exit="cancelled"),
    deed(EventKind.RETURN_ENDED, exit="expired"),
)


def reachable() -> set[tuple[LineState, LineState, StockEffect]]:
    """Every transition of a line of three units, from every progress that any deeds in any order lead to."""
    line, found, seen, todo = (
        LINES[0],
        set[tuple[LineState, LineState, StockEffect]](),
        set[Any](),
        [Progress()],
    )
    while todo:
        before = todo.pop()
        units = min(before.units(line), line.qty)
        key = (units, before.named.get(1), before.received, before.sent, before.ended)
        if key in seen:
            continue
        seen.add(key)
        for done in DEEDS:
            after = deepcopy(before)
            after.add(done, LINES)
            todo.append(after)
            start, end = before.state(line), after.state(line)
            if start is not end:
                found.add((start, end, EFFECT[EventKind(done.kind)]))
    return found


def test_the_table_holds_every_way_a_line_can_go_and_no_other() -> None:
    assert reachable() == TRANSITIONS


def test_only_what_counts_units_moves_stock() -> None:
    assert EFFECT.keys() == ABOUT_RETURNS
    assert {kind for kind, stock in EFFECT.items() if stock is StockEffect.IN} == COUNTED


def test_each_state_is_entered_when_it_was() -> None:
    deeds = [
        (deed(EventKind.RETURN_SENT, "e-1", tracking="JD1"), "t-1"),
        (deed(EventKind.RETURN_ARRIVED, "e-2"), "t-2"),
        (deed(EventKind.RETURN_DISPOSITIONED, "e-3", qty=1), "t-3"),
        (deed(EventKind.RETURN_DISPOSITIONED, "e-4", qty=1), "t-4"),
        (deed(EventKind.RETURN_FINISHED, "e-5", missing=[{"line": 1, "qty": 1}]), "t-5"),
    ]
    found = clock(LINES, deeds, "t-0")
    assert found[1] == (
        Entered(LineState.AUTHORIZED, "t-0", None, StockEffect.NONE),
        Entered(LineState.IN_TRANSIT, "t-1", "e-1", StockEffect.NONE),
        Entered(LineState.RECEIVED, "t-2", "e-2", StockEffect.NONE),
        Entered(LineState.ON_BENCH, "t-3", "e-3", StockEffect.IN),
        Entered(LineState.MISSING, "t-5", "e-5", StockEffect.NONE),
    )
    assert [step.state for step in found[2]] == ["authorized", "in_transit", "received"]
