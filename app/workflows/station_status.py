"""The three facts of a station, and who works there, as frozen values for the screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Link(StrEnum):
    """What the first pill says."""

    ONLINE = "online"
    OFFLINE = "offline"
    NOT_JOINED = "not_joined"


@dataclass(frozen=True, slots=True)
class StationStatus:
    """The three facts at the right of every screen, and who works here.

    `link_word`, `waiting_word` and `device_word` are final texts ("Offline since 10:42",
    "12 waiting, oldest 38 min", "Scanner ok"); `waiting` is the number behind the second. `device_word`
    has a line for each device in trouble. `link_detail` is the whole sentence when there is something to
    say about the link, else empty. `photo_word` says what photos wait, and what hinders them; empty when
    there is nothing to say. `copy_word` says how the second copy stands; empty where there is to be none.
    """

    station: str
    person: str
    link: Link
    link_word: str
    waiting: int
    waiting_word: str
    devices_ok: bool
    device_word: str
    short_link: str
    short_waiting: str
    short_device: str
    training: bool = False
    link_detail: str = ""
    photo_word: str = ""
    copy_word: str = ""
