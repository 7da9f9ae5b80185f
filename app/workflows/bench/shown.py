"""What a screen needs beside the state: read from the record by the engine, in final words."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.policy import Policy
from app.workflows.texts import Texts
from app.workflows.view import Figure, HeldJob, LastAction, Marker, RecentJob


@dataclass(frozen=True, slots=True)
class Shown:
    """The facts around one bench screen.

    `printed` and `sent` say how far the last saved unit got; `bars` are the module widths of its label's
    barcode, so that the preview shows the true code. `no_camera` is the moment's.
    """

    texts: Texts
    policy: Policy
    recent: tuple[RecentJob, ...] = ()
    figures: tuple[Figure, ...] = ()
    held: tuple[HeldJob, ...] = ()
    last: LastAction | None = None
    online: bool = True
    printed: str = ""
    printed_marker: Marker = Marker.OPEN
    sent: str = ""
    sent_marker: Marker = Marker.WAITS_TO_SEND
    bars: tuple[int, ...] = ()
    no_camera: str = ""
