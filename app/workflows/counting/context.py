"""What a step of a count may know beside its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.workflows.context import Bench
from app.workflows.counting.state import Counted, Expected, Key


@dataclass(frozen=True, slots=True)
class Moment:
    """One step's worth of the world.

    `expected` is the station's view of the open bin (or of the one that is being opened), `seen` the
    centre's word for up to where that view knows its stock. `now` is the present instant (RFC 3339), `local`
    the site's time of day; `undoable` is the newest count here that can still be taken back.
    """

    here: Bench
    policy_ver: str
    event_id: str
    now: str
    local: str
    seen: str = ""
    expected: Mapping[Key, Expected] = field(default_factory=dict)
    undoable: Counted | None = None

    @property
    def whole(self) -> bool:
        """Whether the station's view has all of the centre's stock at its site, not a part of it."""
        return is_whole(self.seen)


def is_whole(seen: str) -> bool:
    """Whether stock known up to there is all of it: its first telling is over."""
    return seen.isdigit()
