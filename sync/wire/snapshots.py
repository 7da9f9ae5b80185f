"""How a station asks for a snapshot: its signed manifest, then piece after piece of its file."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from app.domain.approvals.signed import Signed
from app.domain.feed import Cursor
from app.domain.fields import Fields
from sync.wire.protocol import PREFIX

SNAPSHOT_PATH = f"{PREFIX}/snapshot"
MAX_PIECE = 1 << 20
"""Bytes of the file in one answer."""
NONE = "snapshot.none"


@dataclass(frozen=True, slots=True)
class Offered:
    """A manifest with the grant of the key that signed it."""

    manifest: Signed
    grant: Signed

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"manifest": self.manifest.to_json(), "policy_key": self.grant.to_json()}

    @classmethod
    def from_json(cls, f: Fields) -> Offered:
        """Reads what `to_json` wrote."""
        parts = (Signed.from_json(f.inner(name).raw(), name) for name in ("manifest", "policy_key"))
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the file from where they were asked for."""

    data: bytes

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"data": base64.b64encode(self.data).decode()}

    @classmethod
    def from_json(cls, f: Fields) -> Piece:
        """Reads what `to_json` wrote."""
        try:
            data = base64.b64decode(f.text_or("data", ""), validate=True)
        except (binascii.Error, ValueError):
            raise f.wrong("data", "bytes in base64") from None
        if len(data) > MAX_PIECE:
            raise f.wrong("data", f"at most {MAX_PIECE} bytes")
        return cls(data)


def piece_target(cursor: Cursor, offset: int) -> str:
    """Asks for the bytes of a snapshot from `offset` on."""
    return f"{SNAPSHOT_PATH}/{cursor.gen}/{cursor.pos}?offset={offset}"
