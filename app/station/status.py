"""The three facts at the right of every screen, in words: link, waiting, devices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from app.ledger.copy_state import CopyState
from app.station.space import Space
from app.workflows.texts import Texts
from app.workflows.view import Link, StationStatus

_HOUR = 60
_DAY = 24 * _HOUR
# Sending takes a moment even online; an age is only worth saying once it is more than that.
_OLD_MINUTES = 2


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What the sync thread last knew: the link, since when, and a sentence when it stopped for good.

    `note` is what there is to say while it goes on: why it is offline, or that the clocks are apart.
    """

    link: Link = Link.NOT_JOINED
    since: datetime | None = None
    stopped: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """The scanner's and the printer's trouble in plain words; empty when they are well.

    `scanner_used` is False where scans come by keyboard alone. `disk` is there while little of it is left,
    `copy` where there is to be a second copy.
    """

    scanner: str = ""
    printer: str = ""
    scanner_used: bool = True
    disk: Space | None = None
    copy: CopyState | None = None


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """How many events wait to be sent, and since when the oldest does."""

    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """Photos that wait to be sent, those whose files are gone, and a sentence about what hinders them."""

    waiting: int = 0
    lost: int = 0
    trouble: str = ""


def status(
    station: str,
    person: str,
    link: LinkFacts,
    waiting: WaitingFacts,
    devices: DeviceFacts,
    *,
    photos: PhotoFacts = PhotoFacts(),
    trail: str = "",
    now: datetime,
    zone: tzinfo,
    texts: Texts,
) -> StationStatus:
    """The pills' texts, long and short; each trouble of a device is a line of its own.

    `trail` is a sentence when the centre's signed record contradicts itself.
    """
    word, short = _link_words(link, zone, texts)
    waiting_word, waiting_short = _waiting_words(waiting, now, texts)
    device_words = _device_words(devices, _copy_pill(devices.copy, now, zone, texts), texts)
    behind = devices.copy is not None and bool(devices.copy.trouble or devices.copy.lost)
    troubled = bool(devices.scanner or devices.printer or devices.disk or behind)
    return StationStatus(
        station=station,
        person=person,
        link=link.link,
        link_word=word,
        waiting=waiting.count,
        waiting_word=waiting_word,
        devices_ok=not troubled,
        device_word="\n".join(device_words),
        short_link=short,
        short_waiting=waiting_short,
        short_device=device_words[0].split(":")[0] if troubled else texts.say("pill.devices_short"),
        link_detail="\n".join(line for line in (trail, link.stopped or link.note) if line),
        photo_word=_photo_words(photos, texts),
        copy_word=_copy_words(devices.copy, texts),
    )


def age(minutes: int, texts: Texts) -> str:
    """An age in the largest unit that says enough."""
    if minutes < _HOUR:
        return texts.say("pill.minutes", n=minutes)
    if minutes < _DAY:
        return texts.say("pill.hours", n=minutes // _HOUR)
    return texts.say("pill.days", n=minutes // _DAY)


def _link_words(link: LinkFacts, zone: tzinfo, texts: Texts) -> tuple[str, str]:
    if link.stopped:
        word = texts.say("pill.stopped")
        return word, word
    if link.link is Link.ONLINE:
        word = texts.say("pill.online")
        return word, word
    if link.link is Link.NOT_JOINED:
        return texts.say("pill.not_joined"), texts.say("pill.not_joined_short")
    since = f"{link.since.astimezone(zone):%H:%M}" if link.since else ""
    return texts.say("pill.offline", time=since), texts.say("pill.offline_short")


def _waiting_words(waiting: WaitingFacts, now: datetime, texts: Texts) -> tuple[str, str]:
    minutes = int((now - waiting.oldest).total_seconds() // 60) if waiting.oldest else 0
    if waiting.count and minutes >= _OLD_MINUTES:
        old = age(minutes, texts)
        return (
            texts.say("pill.waiting_old", n=waiting.count, age=old),
            texts.say("pill.waiting_short_old", n=waiting.count, age=old),
        )
    return texts.say("pill.waiting", n=waiting.count), texts.say("pill.waiting_short", n=waiting.count)


def _photo_words(photos: PhotoFacts, texts: Texts) -> str:
    """A line for those that wait, one for what hinders them, one for those that are lost."""
    lines = []
    if photos.waiting:
        code = "pill.photo_waiting" if photos.waiting == 1 else "pill.photos_waiting"
        lines += [texts.say(code, n=photos.waiting), photos.trouble]
    if photos.lost:
        code = "pill.photo_lost" if photos.lost == 1 else "pill.photos_lost"
        lines.append(texts.say(code, n=photos.lost))
    return "\n".join(line for line in lines if line)


def _device_words(devices: DeviceFacts, copy: str, texts: Texts) -> tuple[str, ...]:
    """A sentence for each trouble; the scanner's comes first, since without it nothing goes."""
    troubles = [("pill.scanner_lost", devices.scanner), ("pill.printer_down", devices.printer)]
    if devices.disk is not None:
        code = "pill.disk_no_photos" if devices.disk.photos_stopped else "pill.disk_low"
        troubles.append((code, devices.disk.left))
    found = [texts.say(code, why=why) for code, why in troubles if why]
    return tuple([*found, copy] if copy else found) or (
        texts.say("pill.devices_ok" if devices.scanner_used else "pill.scanner_none"),
    )


def _copy_pill(copy: CopyState | None, now: datetime, zone: tzinfo, texts: Texts) -> str:
    """A line while the second copy is behind, since when, or holds what the record lost; or nothing."""
    if copy is not None and copy.lost:
        return texts.say("pill.copy_lost")
    if copy is None or not copy.trouble:
        return ""
    if copy.since is None:
        return texts.say("pill.copy_never")
    at = copy.since.astimezone(zone)
    same_day = at.date() == now.astimezone(zone).date()
    return texts.say("pill.copy_behind", time=f"{at:%H:%M}" if same_day else f"{at.day} {at:%b %H:%M}")


def _copy_words(copy: CopyState | None, texts: Texts) -> str:
    """What the record lost; how much is on this disk alone, why, what to do; or that one disk holds both."""
    if copy is None:
        return ""
    if copy.lost:
        return "\n".join((copy.lost, _copy_words(replace(copy, lost=""), texts)))
    if not copy.trouble:
        return texts.say("pill.copy_same_disk" if copy.same_disk else "pill.copy_whole")
    code = "pill.copy_missing_one" if copy.missing == 1 else "pill.copy_missing"
    count = texts.say(code if copy.missing else "pill.copy_missing_none", n=copy.missing)
    return "\n".join((count, copy.trouble, texts.say("pill.copy_mend")))
