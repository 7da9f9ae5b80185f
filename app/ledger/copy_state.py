"""How the second copy stands: since when it is behind, and how much of the record it holds for sure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.clock import from_text, to_text
from app.domain.fields import Fields
from app.domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class CopyState:
    """What is known of a second copy in one folder.

    `copied` is how many of the events recorded here are in it for sure, `missing` how many are not. `since`
    is when the first of them was recorded; None while none is missing, or where nothing was ever copied to
    that folder (`ever`). `trouble` is a sentence that says why it is behind, empty while it is whole.
    `same_disk` is True when it lies on the disk of the record, as far as the system tells. `lost` has a
    sentence, a line each, for each of its files that holds what the record lost; empty where none does.
    """

    folder: str
    copied: int = 0
    ever: bool = False
    since: datetime | None = None
    trouble: str = ""
    missing: int = 0
    same_disk: bool = False
    lost: str = ""

    @classmethod
    def begun(cls, folder: str, kept: str | None, recorded: int) -> CopyState:
        """As the last program left it, whose `to_text` was kept; `recorded` events are in the record.

        A copy that was whole when it was last heard of held everything recorded until then.
        """
        known = _read(folder, kept)
        if known is None:
            return cls(folder)
        return known if known.since is not None else replace(known, copied=recorded)

    def behind(self, trouble: str, at: datetime) -> CopyState:
        """It does not follow, from `at` on when that is new."""
        since = self.since or (at if self.ever else None)
        return replace(self, trouble=trouble, since=since)

    def whole(self) -> CopyState:
        """It holds all there is."""
        return replace(self, trouble="", since=None, ever=True)

    def against(self, recorded: int, copied: int) -> CopyState:
        """The same, counted: `recorded` events are in the record, `copied` were seen to reach the copy."""
        surely = max(self.copied, copied)
        missing = max(0, recorded - surely) if self.trouble else 0
        return replace(self, copied=surely, missing=missing)

    def to_text(self) -> str:
        """What the next program begins with."""
        since = to_text(self.since) if self.since is not None else None
        return json.dumps({"folder": self.folder, "copied": self.copied, "since": since})


def _read(folder: str, kept: str | None) -> CopyState | None:
    """None for another folder's, or for what this version cannot read: then nothing is known of this one."""
    if kept is None:
        return None
    try:
        f = Fields(json.loads(kept), "second copy")
        since = f.maybe_text("since")
        found = CopyState(
            f.text("folder"),
            f.whole("copied"),
            ever=True,
            since=from_text(since) if since is not None else None,
        )
    except (ValueError, Refused):
        return None
    return found if found.folder == folder else None
