"""What judging rows of a table needs to know, and what comes of one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync.central.rules.quality import Finding, RowFindings
from sync.central.rules.seen import SeenCodes
from sync.central.rules.spelling import look_alike, spelled

SPELLED, LOOKS = "spelled", "looks"


@dataclass(frozen=True, slots=True)
class Known:
    """What the centre knows of the codes in some rows, before any of them is taken.

    `stored` are documents by code; `alike` codes by how they look; `gtins` SKUs by GTIN of 14 digits;
    `categories` those of the policy in force and `entities` the codes of owners, None when there are none.
    """

    stored: Mapping[str, Mapping[str, object]]
    alike: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gtins: Mapping[str, str] = field(default_factory=dict)
    categories: frozenset[str] | None = None
    entities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one row: its document, None when the row is rejected, and what was found."""

    row: int
    key: str
    document: Mapping[str, object] | None
    findings: Sequence[Finding]


def judge_twins(found: RowFindings, field_name: str, code: str, known: Known, seen: SeenCodes) -> None:
    """One code in two spellings is one thing twice: rejected. One that looks like another is a question."""
    first = seen.get(SPELLED, spelled(code))
    if first is not None:
        found.reject(
            field_name, "code.twice", code, f"Row {first} has it already, in this or another spelling."
        )
        return
    others = [other for other in known.alike.get(look_alike(code), ()) if other != code]
    same = next((other for other in others if spelled(other) == spelled(code)), None)
    if same is not None and code not in known.stored:
        found.reject(
            field_name,
            "code.spelling",
            code,
            f"The centre has {same!r}, which differs in letter case or spaces alone.",
        )
        return
    looks = seen.get(LOOKS, look_alike(code))
    if looks is not None:
        found.warn(
            field_name, "code.look_alike", code, f"Row {looks} has a code that looks the same (O/0, I/L/1)."
        )
    elif others:
        found.warn(
            field_name, "code.look_alike", code, f"The centre has {others[0]!r}, which looks the same."
        )


def judge_entity(found: RowFindings, entity: str, known: Known) -> None:
    """Whose record it is: any text is taken, one that no owner is called is a question."""
    if known.entities is not None and entity not in known.entities:
        found.warn("entity", "owner.unknown", entity, "No owner of that code is known.")


def remember(code: str, row: int, seen: SeenCodes) -> None:
    """A row was taken: its code is not taken again."""
    seen.put(SPELLED, spelled(code), row)
    seen.put(LOOKS, look_alike(code), row)
