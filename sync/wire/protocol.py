"""The fixed figures of the protocol: its version, its paths, and how much one request may carry.

Limits count stored bytes (header, facts and private part of each event), so that any event an envelope may
be fits into a batch of its own; the JSON around it escapes and grows, which `MAX_BODY` allows for.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.envelope import MAX_RESEALED
from app.domain.fields import Fields

PROTOCOL = 1
PREFIX = "/v1/sync"
ENROL_PATH = f"{PREFIX}/enrol"
HELLO_PATH = f"{PREFIX}/hello"
EVENTS_PATH = f"{PREFIX}/events"
CHANGES_PATH = f"{PREFIX}/changes"
RENEW_PATH = f"{PREFIX}/renew"
HOLDS_PATH = f"{PREFIX}/holds"
ATTACHMENTS_PATH = f"{PREFIX}/attachments"
ATTACHMENTS_HELLO_PATH = f"{ATTACHMENTS_PATH}/hello"

MAX_EVENTS = 500
MAX_BATCH = MAX_RESEALED
MAX_BODY = 4 * MAX_BATCH
MAX_ANSWER = 32 * MAX_BATCH
MAX_CHANGES = 1000
MAX_OFFERED = 1000
"""Events of a renewing station in one question."""

MAX_ASKED = 100
"""Attachments in one question."""
MAX_CHUNK = 256 << 10
MAX_ATTACHMENT = 16 << 20


@dataclass(frozen=True, slots=True)
class Versions:
    """The protocol versions one side speaks, from `least` to `most`."""

    least: int
    most: int

    def meets(self, other: Versions) -> bool:
        """True when at least one version is spoken by both sides."""
        return self.least <= other.most and other.least <= self.most

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"min": self.least, "max": self.most}

    @classmethod
    def from_json(cls, f: Fields) -> Versions:
        """Reads what `to_json` wrote."""
        return cls(f.whole("min", least=1), f.whole("max", least=1))


SPOKEN = Versions(PROTOCOL, PROTOCOL)
