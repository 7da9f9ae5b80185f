"""The shape of an export: its files, one canonical JSON object a line, and the manifest signed over them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import canonical
from app.domain.approvals.signed import Signed, hexadecimal, opened, sign
from app.domain.clock import from_text, to_text
from app.domain.fields import EXACT_MAX, Fields
from app.domain.refusal import Refused
from app.domain.signing import Signer

MANIFEST_TAG = b"backhaul/export/manifest/v1\n"
MANIFEST = "manifest.json"
STATIONS, POLICY_KEYS = "stations.jsonl", "policy-keys.jsonl"
CERTIFICATES, REVOCATIONS = "certificates.jsonl", "revocations.jsonl"
VERDICTS, CHECKPOINTS = "verdicts.jsonl", "checkpoints.jsonl"
RECEIPTS, FEED = "receipts.jsonl", "feed.jsonl"
BALANCES, JOURNAL, TOTALS = "balances.jsonl", "journal.jsonl", "totals.jsonl"
FILES = (
    STATIONS,
    POLICY_KEYS,
    CERTIFICATES,
    REVOCATIONS,
    CHECKPOINTS,
    VERDICTS,
    RECEIPTS,
    FEED,
    BALANCES,
    JOURNAL,
    TOTALS,
)
AUTHORIZATION = {"valid": "approved", "review": "review", "invalid": "unapproved"}
"""What each verdict on an event's approvals makes of it."""
LONGEST_LINE = 16 << 20
"""Bytes: far beyond the largest event."""

_WHERE = "manifest"
_DIGEST_SIZE = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: in which file, about what, and how."""

    file: str
    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.about}: {self.what}"


class Source(Protocol):
    """Where an export is."""

    def names(self) -> Sequence[str]:
        """The files that are there."""

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of one of them with their ends, none longer than `LONGEST_LINE`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file: how many lines and bytes it has, and their SHA-256 (hexadecimal)."""

    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was exported, when and from where; `root_key` is the pinned root of approvals, if there is one.

    Receipts up to the place `judged_after` came before the centre judged events without an approval.
    """

    centre_id: str
    at: datetime
    app_ver: str
    feed_gen: int
    root_key: str
    parts: dict[str, Part]
    judged_after: int = 0

    def signed(self, centre: Signer) -> Signed:
        """The centre's word for it, by the key of its own chain."""
        files = [
            {"name": name, "rows": part.rows, "size": part.size, "sha256": part.sha256}
            for name, part in sorted(self.parts.items())
        ]
        return sign(
            {
                "centre_id": self.centre_id,
                "at": to_text(self.at),
                "app_ver": self.app_ver,
                "feed_gen": self.feed_gen,
                "root_key": self.root_key,
                "judged_after": self.judged_after,
                "files": files,
            },
            MANIFEST_TAG,
            centre,
        )

    @classmethod
    def read(cls, signed: Signed) -> Manifest:
        """What it says; whether the centre said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type.
        """
        f = opened(signed, _WHERE)
        return cls(
            f.text("centre_id"),
            from_text(f.text("at")),
            f.text("app_ver"),
            f.whole("feed_gen"),
            f.text_or("root_key", ""),
            {
                entry.text("name"): Part(
                    entry.whole("rows"),
                    entry.whole("size"),
                    hexadecimal(entry, "sha256", _DIGEST_SIZE).hex(),
                )
                for entry in f.objects("files")
            },
            # Before it was said, no centre judged them.
            f.whole_or("judged_after", EXACT_MAX),
        )


class Counted:
    """Counts and hashes the lines that pass through."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._rows = self._size = 0

    def add(self, line: bytes) -> None:
        """One line with its end."""
        self._hash.update(line)
        self._rows += 1
        self._size += len(line)

    @property
    def part(self) -> Part:
        """What came so far."""
        return Part(self._rows, self._size, self._hash.hexdigest())


class Reader:
    """Reads the files of an export once each, finding lines that are none and files that were changed."""

    def __init__(self, source: Source, manifest: Manifest) -> None:
        self._source = source
        self._parts = manifest.parts
        self.judged_after = manifest.judged_after
        self.feed_gen = manifest.feed_gen
        self.found = list[Finding]()

    def rows(self, name: str) -> Iterator[tuple[int, Fields]]:
        """The number (from 1) and the object of each line that can be read."""
        if name not in self._parts or name not in self._source.names():
            self.found.append(Finding(name, "the file", "is not there"))
            return
        counted = Counted()
        for number, line in enumerate(self._source.lines(name), 1):
            counted.add(line)
            row = self._read(name, number, line)
            if row is not None:
                yield number, row
        if counted.part != self._parts[name]:
            self.found.append(Finding(name, "the file", "is not what the manifest says"))

    def _read(self, name: str, number: int, line: bytes) -> Fields | None:
        try:
            said = canonical.decode(line.rstrip(b"\n"))
            if line == line_of(said) and isinstance(said, dict):
                return Fields(said, f"line {number}")
        except Refused:
            pass
        self.found.append(Finding(name, f"line {number}", "is no canonical JSON object"))
        return None

    def taken(self) -> list[Finding]:
        """What was found since this was last asked."""
        found, self.found = self.found, []
        return found


def line_of(row: object) -> bytes:
    """A row as it stands in a file."""
    return canonical.encode(row) + b"\n"
