"""What is written beside an event, or without one, in the same durable commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keeps where a job stands, so that a power cut resumes at the same question; replaces what was kept."""

    job: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DropDraft:
    """Forgets a job; one that is not there is no mistake."""

    job: str


@dataclass(frozen=True, slots=True)
class QueueLabel:
    """A label that has to be printed; asked again for a code, it replaces the document and queues anew."""

    code: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class LabelPrinted:
    """The printer took the label at `wall` (RFC 3339)."""

    code: str
    wall: str


@dataclass(frozen=True, slots=True)
class TakeNumber:
    """Uses up the number that `Ledger.peek_number` gave for this series."""

    series: str
    number: int


@dataclass(frozen=True, slots=True)
class SetValue:
    """A named text of the station, such as its last person; None forgets it."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class PinAttempt:
    """Where the tries of an approver's PIN stand; replaces what was kept. See `tables.pin_attempt`."""

    approver: str
    failed: int
    pending: bool
    unlocked: int


@dataclass(frozen=True, slots=True)
class SpendLimit:
    """A statement worth `value` minor units was given under the certificate of this digest."""

    certificate: str
    value: int


@dataclass(frozen=True, slots=True)
class ErasePrivate:
    """The private parts of these events go, with their salts; their hashes stay in the sealed headers."""

    events: tuple[str, ...]


Also = (
    SaveDraft
    | DropDraft
    | QueueLabel
    | LabelPrinted
    | TakeNumber
    | SetValue
    | PinAttempt
    | SpendLimit
    | ErasePrivate
)
