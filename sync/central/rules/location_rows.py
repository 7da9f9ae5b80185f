"""Rows of locations: codes people scan, one kind each, in a site."""

from __future__ import annotations

from app.domain.place import LocationKind, is_virtual
from sync.central.rules import quality
from sync.central.rules.judging import Judged, Known, judge_entity, judge_twins, remember
from sync.central.rules.quality import RowFindings
from sync.central.rules.seen import SeenCodes
from sync.central.rules.sheet import Row

_TEXTS = ("name", "parent", "entity")
_KNOWN = frozenset({"code", "kind", "site", "labour_units_per_day", "currency", *_TEXTS})
_EXTERNAL = "external:"


def known_column(name: str) -> bool:
    """True for a column of locations: a field, or `external:SYSTEM`."""
    return name in _KNOWN or bool(name.startswith(_EXTERNAL) and name.removeprefix(_EXTERNAL).strip())


class LocationRows:
    """Judges rows of one table, one after the other; remembers what earlier rows had."""

    def __init__(self, seen: SeenCodes) -> None:
        self._seen = seen

    @staticmethod
    def key(row: Row) -> str:
        """The row's code as it stands."""
        return row.cells.get("code", "")

    @staticmethod
    def gtins(row: Row) -> list[str]:
        """Places have none."""
        del row
        return []

    def judge(self, row: Row, known: Known) -> Judged:
        """What is wrong with a row; its document laid over the stored one when nothing rejects it.

        An empty cell leaves what is stored as it is; a site that is not named is the place itself.
        """
        code = self.key(row)
        found = RowFindings(row.number, code)
        quality.judge_code(found, "code", code)
        if is_virtual(code):
            found.reject("code", "code.virtual", code, "Codes that begin with @ are no real places.")
        if found.rejected:
            return Judged(row.number, code, None, found.found)
        judge_twins(found, "code", code, known, self._seen)
        stored = known.stored.get(code, {})
        document = {**stored, **_read(found, row, stored), "code": code}
        if document.get("kind") == LocationKind.SITE:
            document.setdefault("site", code)
        if row.cells.get("entity"):
            judge_entity(found, row.cells["entity"], known)
        for field in ("kind", "name", "site"):
            if field not in document:
                quality.judge_text(found, field, "", needed=True)
        if not found.rejected:
            remember(code, row.number, self._seen)
        return Judged(row.number, code, None if found.rejected else document, found.found)


def _read(found: RowFindings, row: Row, stored: object) -> dict[str, object]:
    read: dict[str, object] = {}
    external = dict[str, str]()
    for name, text in row.cells.items():
        if not text or name == "code":
            continue
        if name.startswith(_EXTERNAL):
            quality.judge_text(found, name, text)
            external[name.removeprefix(_EXTERNAL).strip()] = text
            continue
        read[name] = text
        if name == "labour_units_per_day":
            read[name] = quality.whole(found, name, text)
        elif name == "kind":
            if text not in set(LocationKind):
                found.reject(name, "kind.unknown", text, f"Known: {', '.join(LocationKind)}.")
        elif name == "site":
            quality.judge_code(found, name, text)
        else:
            quality.judge_text(found, name, text)
    if external:
        before = stored.get("external_ids") if isinstance(stored, dict) else None
        read["external_ids"] = {**(before if isinstance(before, dict) else {}), **external}
    return read
