"""A snapshot of the centre's feed for one site: the manifest that is signed, and the lines it vouches for.

A snapshot at a position holds each record as it was last changed up to there, in the order of those changes.
The feed is only ever added to, so that a snapshot is the same whenever, and by whichever process, it is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain import canonical
from app.domain.approvals.signed import Signed, hexadecimal, opened, sign
from app.domain.feed import Change, Cursor, Page
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.domain.signing import Signer

SNAPSHOT_TAG = b"backhaul/snapshot/manifest/v1\n"
SCHEMA = 1
TABLE = "mirror"
_WHERE = "snapshot"
_DIGEST_SIZE = 32


@dataclass(frozen=True, slots=True)
class Table:
    """How many rows a table has, and the SHA-256 (hexadecimal) over their lines."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a snapshot is: of which centre, for which site, at which position, and what its file holds.

    `size` and `sha256` are those of the packed file, as it travels.
    """

    centre_id: str
    site: str
    cursor: Cursor
    size: int
    sha256: str
    mirror: Table
    schema: int = SCHEMA

    def signed(self, policy_key: Signer) -> Signed:
        """The centre's word for it."""
        return sign(
            {
                "centre_id": self.centre_id,
                "site": self.site,
                "feed_gen": self.cursor.gen,
                "pos": self.cursor.pos,
                "schema": self.schema,
                "size": self.size,
                "sha256": self.sha256,
                "tables": [{"name": TABLE, "rows": self.mirror.rows, "sha256": self.mirror.sha256}],
            },
            SNAPSHOT_TAG,
            policy_key,
        )

    @classmethod
    def read(cls, signed: Signed) -> Snapshot:
        """What it says; whether the centre said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type, or it is of a schema this program cannot read.
        """
        f = opened(signed, _WHERE)
        schema = f.whole("schema", least=1)
        tables = {entry.text("name"): entry for entry in f.objects("tables")}
        if schema != SCHEMA or TABLE not in tables:
            raise Refused(
                "snapshot.schema",
                f"Read a snapshot of schema {schema}.",
                f"This program reads schema {SCHEMA}.",
                "Nothing: the station fetches the records page by page.",
            )
        mirror = tables[TABLE]
        return cls(
            f.text("centre_id"),
            f.text_or("site", ""),
            Cursor(f.whole("feed_gen"), f.whole("pos")),
            f.whole("size"),
            hexadecimal(f, "sha256", _DIGEST_SIZE).hex(),
            Table(mirror.whole("rows"), hexadecimal(mirror, "sha256", _DIGEST_SIZE).hex()),
            schema,
        )


def line_of(pos: int, kind: str, key: str, document: str) -> bytes:
    """A record as a line of a snapshot; `document` is the text that the feed keeps."""
    return canonical.encode({"document": document, "key": key, "kind": kind, "pos": pos}) + b"\n"


def pages_of(said: Snapshot, lines: Iterable[bytes], limit: int) -> Iterator[Page]:
    """The lines as pages of the feed, of at most `limit` changes; the last one ends where the snapshot is.

    Raises:
        Refused: a line is none, or stands out of order.
    """
    changes, upto = list[Change](), 0
    for line in lines:
        f = Fields(canonical.decode(line.rstrip(b"\n")), _WHERE)
        pos = f.whole("pos", least=upto + 1, most=said.cursor.pos)
        changes.append(Change(pos, f.text("kind"), f.text("key"), _document(f)))
        upto = pos
        if len(changes) == limit:
            yield Page(said.cursor.gen, upto, tuple(changes), more=True)
            changes = []
    yield Page(said.cursor.gen, said.cursor.pos, tuple(changes))


def _document(f: Fields) -> dict[str, object]:
    try:
        found = json.loads(f.text("document"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise f.wrong("document", "a JSON object")
    return found
