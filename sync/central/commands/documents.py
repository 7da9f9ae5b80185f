"""Taking many records in one call: those that cannot be read are named, the others taken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection

from app.domain.refusal import Refused
from sync.central.store.prepared import Ask

_LONGEST_CODE = 80
_ESCAPED = "\\u0000"
_UNFIT = re.compile("[\x00\ud800-\udfff]")

# Made once: `json.dumps` makes an encoder of its own for each call.
_written_out = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_searched = json.JSONEncoder(ensure_ascii=False).encode

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Sent(Generic[Kind]):
    """A record that was read, its place in the call, and its document with unknown fields kept.

    `text` is the document as it is stored.
    """

    index: int
    key: str
    document: Mapping[str, object]
    record: Kind
    text: str = field(init=False)

    def __post_init__(self) -> None:
        """Writes the document out once, however often it is compared and stored."""
        object.__setattr__(self, "text", _written_out(self.document))


class Intake(Generic[Kind]):
    """What is taken of one call and what is rejected."""

    def __init__(self) -> None:
        self.taken: dict[str, Sent[Kind]] = {}
        self._count = 0
        self._rejected: dict[int, dict[str, object]] = {}
        self._proposed: dict[int, dict[str, object]] = {}
        self._warnings: list[dict[str, object]] = []
        self._places: dict[str, list[int]] = {}

    def offer(self, index: int, read: Callable[[], Sent[Kind]]) -> None:
        """Takes the record that `read` gives; the last of a key wins. What `read` refuses is rejected."""
        self._count += 1
        try:
            sent = read()
            _check_code(sent.key)
        except Refused as no:
            self._rejected[index] = {"index": index, "code": no.code, "reason": str(no)}
        else:
            self.taken[sent.key] = sent
            self._places.setdefault(sent.key, []).append(index)

    def warn(self, index: int, code: str, reason: str) -> None:
        """Says what somebody should look at in a record that is taken as it stands."""
        self._warnings.append({"index": index, "code": code, "reason": reason})

    def propose(self, sent: Sent[Kind], number: int) -> None:
        """Says that a record which was taken is kept as a proposal of that number, not written."""
        for index in self._places[sent.key]:
            self._proposed[index] = {"index": index, "key": sent.key, "proposal": number}

    def add(self, other: Intake[Kind]) -> None:
        """Takes over what another intake of the same call says of other places in it."""
        self._count += other._count
        self._rejected |= other._rejected
        self._proposed |= other._proposed
        self._warnings += other._warnings

    def answer(self) -> dict[str, object]:
        """How many were accepted, and each rejection and each proposal by its place in the call."""
        answer: dict[str, object] = {
            "accepted": self._count - len(self._rejected) - len(self._proposed),
            "rejected": [self._rejected[index] for index in sorted(self._rejected)],
        }
        if self._proposed:
            answer["proposed"] = [self._proposed[index] for index in sorted(self._proposed)]
        if self._warnings:
            answer["warnings"] = sorted(self._warnings, key=lambda found: str(found["code"]))
        return answer


def changed(conn: Connection, taken: Mapping[str, Sent[Kind]], stored: Ask) -> Sequence[Sent[Kind]]:
    """The records that are not word for word stored; `stored` selects key and document of `keys`."""
    known = {row[0]: row[1] for row in stored.rows(conn, keys=list(taken))}
    return [sent for sent in taken.values() if known.get(sent.key) != sent.text]


def storable(value: object) -> bool:
    """True when no text in a document holds NUL or half of a surrogate pair."""
    try:
        # Written out at once and searched at once: nearly every document is storable.
        text = _searched(value)
    except (TypeError, ValueError, RecursionError):
        return _walked(value)
    return (_ESCAPED not in text and not _UNFIT.search(text)) or _walked(value)


def _walked(value: object) -> bool:
    match value:
        case str():
            return not _UNFIT.search(value)
        case Mapping():
            return all(map(_walked, value)) and all(map(_walked, value.values()))
        case list():
            return all(map(_walked, value))
    return True


def require_storable(document: object) -> None:
    """Refuses a document with a text that no database keeps."""
    if not storable(document):
        raise Refused(
            "fields.wrong",
            "Read a text with a sign that cannot be stored: NUL, or half of a surrogate pair.",
            "Expected texts of Unicode characters.",
            "Correct the document and send it again.",
        )


def _check_code(code: str) -> None:
    if len(code) > _LONGEST_CODE or not code.isprintable():
        raise Refused(
            "code.unfit",
            f"Read the code {code[:100]!r}.",
            f"Expected up to {_LONGEST_CODE} printable signs.",
            "Choose another code.",
        )
