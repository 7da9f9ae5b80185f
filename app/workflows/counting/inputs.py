"""What can reach a count: scans already looked up in the local record, and spoken words (mat codes)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.place import Location
from app.workflows.counting.state import CountState
from app.workflows.scanned import Entered, FoundItem, NotFound, Other, Said, Stepped, Unreadable


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A location; `draft` is a count of it that was begun and parked."""

    raw: str
    place: Location
    draft: CountState | None = None


Input = FoundPlace | FoundItem | NotFound | Unreadable | Other | Said | Entered | Stepped
