"""The part of a count that survives a power cut, as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.refusal import Refused
from app.workflows.counting.state import WORK, Bin, CountState, Key, Line, Phase, Taken, Visit

DRAFT_VERSION = 1


def to_draft(state: CountState) -> dict[str, object]:
    """The open bin as JSON."""
    bin_ = state.bin
    if bin_ is None:
        raise ValueError("an idle count has no draft")
    return {
        "work": WORK,
        "version": DRAFT_VERSION,
        "phase": state.phase,
        "code": bin_.code,
        "name": bin_.name,
        "started": bin_.started,
        "lines": [_line(line) | {"item": line.item.to_json()} for line in bin_.lines],
        "opened": [[*key, qty] for key, qty in bin_.opened.items()],
        "scans": bin_.scans,
        "taken": [_taken(taken) for taken in bin_.taken],
        "asked": [list(key) for key in bin_.asked],
        "again": [list(key) for key in bin_.again],
        "empty_asked": bin_.empty_asked,
        "touched": bin_.touched,
        "whole": bin_.whole,
        "visit": _visit(state.visit),
    }


def _line(line: Line) -> dict[str, object]:
    return {"sku": line.item.sku, "lot": line.lot, "qty": line.qty, "serials": list(line.serials)}


def _visit(visit: Visit | None) -> dict[str, object] | None:
    if visit is None:
        return None
    return {
        "key": list(visit.key),
        "before": visit.before,
        "qty": visit.qty,
        "entering": visit.entering,
        "digits": visit.digits,
        "asked": visit.asked,
    }


def _taken(taken: Taken) -> dict[str, object]:
    return {
        "key": list(taken.key),
        "line": _line(taken.line) if taken.line else None,
        "visit": _visit(taken.visit),
        "phase": taken.phase,
        "asked": [list(key) for key in taken.asked],
    }


def from_draft(document: Mapping[str, object]) -> CountState:
    """Reads a draft back.

    Raises:
        Refused: the draft was written by a newer version of the program.
    """
    f = Fields(document, "draft of a count")
    if f.whole("version") > DRAFT_VERSION:
        raise Refused(
            "draft.too_new",
            f"Read a count of version {f.whole('version')}.",
            f"This program reads version {DRAFT_VERSION}.",
            "Open it with the newer program.",
        )
    items = {item.sku: item for item in (Item.from_json(e.inner("item").raw()) for e in f.objects("lines"))}
    bin_ = Bin(
        code=f.text("code"),
        name=f.text("name"),
        started=f.text("started"),
        lines=tuple(_read_line(entry, items) for entry in f.objects("lines")),
        opened=dict(_opened(f.raw().get("opened"))),
        scans=f.whole("scans"),
        taken=tuple(_read_taken(entry, items) for entry in f.objects("taken")),
        asked=_keys(f.raw().get("asked")),
        again=_keys(f.raw().get("again")),
        empty_asked=f.flag("empty_asked", default=False),
        touched=f.text_or("touched", ""),
        whole=f.flag("whole", default=False),
    )
    return CountState(Phase(f.text("phase")), bin_, _read_visit(f))


def _read_line(f: Fields, items: Mapping[str, Item]) -> Line:
    sku = f.text("sku")
    return Line(items[sku], f.text_or("lot", ""), f.whole("qty"), f.texts("serials"))


def _read_visit(f: Fields) -> Visit | None:
    if f.raw().get("visit") is None:
        return None
    v = f.inner("visit")
    return Visit(
        _key(v.raw().get("key")),
        v.whole("before"),
        v.whole("qty"),
        v.flag("entering", default=False),
        v.text_or("digits", ""),
        v.whole_or("asked", 0),
    )


def _read_taken(f: Fields, items: Mapping[str, Item]) -> Taken:
    line = _read_line(f.inner("line"), items) if f.raw().get("line") else None
    key = _key(f.raw().get("key"))
    return Taken(key, line, _read_visit(f), Phase(f.text("phase")), _keys(f.raw().get("asked")))


def _key(value: object) -> Key:
    sku, lot = value if isinstance(value, list) else ("", "")
    return str(sku), str(lot)


def _keys(value: object) -> tuple[Key, ...]:
    return tuple(_key(entry) for entry in value) if isinstance(value, list) else ()


def _opened(value: object) -> list[tuple[Key, int]]:
    rows = value if isinstance(value, list) else []
    return [((str(sku), str(lot)), int(qty)) for sku, lot, qty in rows]
