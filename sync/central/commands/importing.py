"""Importing a table of records: rows are judged, the good ones taken in batches, every other one named.

A batch is one part of a transaction; a table may take many. What was taken stays taken when a later part
fails, and the same table again changes nothing that is there already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection

from sync.central.commands.catalogue import put_locations, read_locations
from sync.central.commands.documents import changed
from sync.central.commands.items import put_items, read_items
from sync.central.rules import item_rows, location_rows
from sync.central.rules.item_rows import ItemRows
from sync.central.rules.judging import Judged
from sync.central.rules.location_rows import LocationRows
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.rules.quality import Finding, RowFindings, Severity
from sync.central.rules.seen import SeenCodes
from sync.central.rules.sheet import Row, Sheet
from sync.central.store.act import Act
from sync.central.store.feed import end_commit
from sync.central.store.record_owners import STORED, divide
from sync.central.store.twins import Words, known_to_centre, words_in_force

BATCH = 2_000
"""Rows that are looked up and written together."""

_WRITTEN = "written"
T = TypeVar("T")
_KNOWN_COLUMN = {RecordKind.ITEM: item_rows.known_column, RecordKind.LOCATION: location_rows.known_column}
_FIELDS: Mapping[str, str] = {
    "item.kit": "kit",
    "kit.claimed": "kit",
    "item.gtin_taken": "gtins",
    "item.tracking": "tracking",
    "tracking.changed": "tracking",
    "unit.changed": "unit",
    "item.pack_twice": "packs",
    "item.external_taken": "external_ids",
    "location.external_taken": "external_ids",
}


@dataclass
class Tally:
    """How many rows were read, and what came of them; findings by their rule."""

    rows: int = 0
    taken: int = 0
    proposed: int = 0
    rejected: int = 0
    warned: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, object]:
        """The figures as they are shown."""
        return {
            "rows": self.rows,
            "taken": self.taken,
            "proposed": self.proposed,
            "rejected": self.rejected,
            "warned": self.warned,
            "rules": dict(sorted(self.rules.items())),
        }


class Importing:
    """One table under way.

    Args:
        kind: of the records in it.
        speaker: on whose word they are written; None speaks for every owner.
        dry: judge everything and write nothing.
    """

    def __init__(self, kind: RecordKind, speaker: Speaker | None = None, *, dry: bool = False) -> None:
        self.tally = Tally()
        self.kits_left = False
        self._kind = kind
        self._speaker = speaker
        self._dry = dry
        self._seen = SeenCodes()
        self._rows = ItemRows(self._seen) if kind is RecordKind.ITEM else LocationRows(self._seen)
        self._words: Words | None = None

    def sheet(self, lines: Iterable[str], renamed: Mapping[str, str] | None = None) -> Sheet:
        """The table of these lines, with the columns of this kind."""
        return Sheet(lines, _KNOWN_COLUMN[self._kind], renamed)

    def batch(self, act: Act, rows: Sequence[Row | Finding], *, kits: bool = False) -> list[Finding]:
        """Judges some rows and takes those that stand; answers everything that was found.

        Kits are left for a second time through the table, with `kits`: their components may stand anywhere
        in it. `kits_left` says whether there are any.
        """
        conn = act.conn
        words = self._words = self._words or words_in_force(conn)
        found = [row for row in rows if isinstance(row, Finding) and not kits]
        self.tally.rows += len(found)
        now = list[Row]()
        for row in rows:
            if isinstance(row, Row):
                is_kit = bool(row.cells.get("kit"))
                self.kits_left |= is_kit
                if is_kit == kits:
                    now.append(row)
        self.tally.rows += len(now)
        judged = self._judged(conn, now, words)
        found += [finding for one in judged for finding in one.findings]
        found += self._take(act, [one for one in judged if one.document is not None])
        self._count(found)
        return sorted(found, key=lambda finding: finding.row)

    def _judged(self, conn: Connection, rows: Sequence[Row], words: Words) -> list[Judged]:
        keys = [self._rows.key(row) for row in rows]
        gtins = [code for row in rows for code in self._rows.gtins(row)]
        known = known_to_centre(conn, self._kind, keys, gtins, words)
        return [self._rows.judge(row, known) for row in rows]

    def _take(self, act: Act, standing: Sequence[Judged]) -> list[Finding]:
        if not standing:
            return []
        documents = [one.document for one in standing]
        answer = self._tried(act.conn, documents) if self._dry else self._put(act, documents)
        proposed = answer.get("proposed", [])
        self.tally.proposed += len(proposed)
        self.tally.taken += answer["accepted"]
        found = list[Finding]()
        for no in answer["rejected"]:
            one = standing[no["index"]]
            row = RowFindings(one.row, one.key)
            row.reject(_FIELDS.get(no["code"], ""), no["code"], "", no["reason"])
            found += row.found
        return found

    def _put(self, act: Act, documents: Sequence[object]) -> Any:
        put = put_items if self._kind is RecordKind.ITEM else put_locations
        answer = put(act, documents, self._speaker)
        # Each record stands by itself: stations may take this part of a long transaction as a whole.
        end_commit(act.conn)
        return answer

    def _tried(self, conn: Connection, documents: Sequence[Any]) -> Any:
        """What would be answered; components of the table itself that would be written count as known."""
        mine, theirs = divide(conn, self._kind, documents, self._speaker)
        read: Any = read_items if self._kind is RecordKind.ITEM else read_locations
        taken: Any = read(conn, documents, mine)
        asked: Any = read(conn, documents, theirs)
        for key, sent in taken.taken.items():
            if self._kind is RecordKind.ITEM and not sent.document.get("kit"):
                self._seen.put(_WRITTEN, key, sent.index)
        would = changed(conn, asked.taken, STORED[self._kind])
        proposed = [{"index": sent.index, "key": sent.key} for sent in would]
        answers = [taken.answer(), asked.answer()]
        rejected = [
            no for answer in answers for no in answer["rejected"] if not self._would_fit(no, documents)
        ]
        # A kit that would fit beside the table's own rows is written or proposed as who sends it may.
        fits = {no["index"] for answer in answers for no in answer["rejected"]} - {
            no["index"] for no in rejected
        }
        proposed += [{"index": index} for index in sorted(fits & set(theirs))]
        accepted = len(documents) - len(rejected) - len(proposed)
        return {"accepted": accepted, "rejected": rejected, "proposed": proposed}

    def _would_fit(self, no: Mapping[str, Any], documents: Sequence[Any]) -> bool:
        parts = documents[no["index"]].get("kit", ())
        return no["code"] == "item.kit" and all(
            self._seen.get(_WRITTEN, part["sku"]) is not None for part in parts
        )

    def _count(self, found: Sequence[Finding]) -> None:
        self.tally.rules.update(finding.rule for finding in found)
        bad = {finding.row for finding in found if finding.severity is Severity.REJECTED}
        self.tally.rejected += len(bad)
        self.tally.warned += len({finding.row for finding in found} - bad)


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The rows in lists of up to `size`."""
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def import_lines(
    act: Act,
    importing: Importing,
    lines: Callable[[], Iterable[str]],
    renamed: Mapping[str, str],
    most: int,
) -> list[Finding]:
    """Takes a whole table within one act.

    Args:
        act: the transaction.
        importing: what becomes of it.
        lines: gives the lines anew each time it is called.
        renamed: known columns by the names they have in the table.
        most: findings that are given back; rejections come before warnings.

    Raises:
        Refused: the header cannot be read.
    """
    sheet = importing.sheet(lines(), renamed)
    warned, bad = sheet.warnings(), list[Finding]()
    importing.tally.rules.update(finding.rule for finding in warned)
    for kits in (False, True):
        if kits and not importing.kits_left:
            break
        again = importing.sheet(lines(), renamed)
        for part in batches(again.rows()):
            for finding in importing.batch(act, part, kits=kits):
                kept = bad if finding.severity is Severity.REJECTED else warned
                if len(kept) < most:
                    kept.append(finding)
    return [*bad, *warned][:most]
