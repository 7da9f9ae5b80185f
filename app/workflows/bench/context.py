"""What a step may know beside its state: the moment, the place, the policy in force, fresh identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.policy import Policy
from app.workflows.bench.state import Saved
from app.workflows.context import Bench as Bench  # noqa: PLC0414 - callers know it from here


@dataclass(frozen=True, slots=True)
class Moment:
    """One step's worth of the world.

    `event_id` and `label` are fresh and used at most once; `local` is the site's wall time for people;
    `undoable` is the newest saved unit that can still be taken back; `old_labels` waited for the printer too
    long to be printed unasked. `no_camera` says why this bench can take no photo at all, empty where it can.
    """

    bench: Bench
    policy: Policy
    event_id: str
    label: str
    holding: str
    local: datetime
    undoable: Saved | None = None
    old_labels: int = 0
    no_camera: str = ""
