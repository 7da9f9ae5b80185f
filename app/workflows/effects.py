"""What a step asks of the world. The engine carries effects out in one commit before the view is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.event import Event


@dataclass(frozen=True, slots=True)
class Record:
    """Write this event, its moves and its outbox row."""

    event: Event


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the event of that id by a counter-event."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Save the draft of a job."""

    job: str
    draft: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Drop:
    """The job is finished: forget its draft."""

    job: str


@dataclass(frozen=True, slots=True)
class Print:
    """Queue the label of a unit; it is printed after the commit.

    `document` holds the texts of the label: code, headline, place, item, sku, serial, lot, qty, rma, date.
    """

    code: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print a copy of the newest label of this bench, marked COPY."""


@dataclass(frozen=True, slots=True)
class PrintOld:
    """Print the labels that waited too long for the printer to be printed unasked."""


Effect = Record | Undo | Keep | Drop | Print | Reprint | PrintOld
