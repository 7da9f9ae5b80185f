from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.bootstrap import resources
from app.station.status import DeviceFacts, LinkFacts, PhotoFacts, WaitingFacts, status
from app.workflows.view import Link, StationStatus

NOW = datetime(2026, 11, 22, 11, 20, tzinfo=UTC)


ONLINE, NONE_WAITING, WELL = LinkFacts(Link.ONLINE), WaitingFacts(), DeviceFacts()


def said(
    link: LinkFacts = ONLINE, waiting: WaitingFacts = NONE_WAITING, devices: DeviceFacts = WELL
) -> StationStatus:
    return status(
        "BENCH 07", "Ana K., Inspector", link, waiting, devices, now=NOW, zone=UTC, texts=resources.texts()
    )


def test_three_facts_when_all_is_well() -> None:
    found = said()
    assert (found.link_word, found.waiting_word, found.device_word) == ("Online", "0 waiting", "Devices ok")
    assert found.devices_ok


def test_offline_says_since_when_and_how_old_the_queue_is() -> None:
    since = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)
    found = said(LinkFacts(Link.OFFLINE, since), WaitingFacts(12, NOW - timedelta(minutes=38)))
    assert found.link_word == "Offline since 10:42"
    assert (found.waiting_word, found.short_waiting) == ("12 waiting, oldest 38 min", "12, 38 min")


@pytest.mark.parametrize(("minutes", "age"), [(59, "59 min"), (60, "1 h"), (1439, "23 h"), (2880, "2 d")])
def test_ages_use_the_largest_unit_that_says_enough(minutes: int, age: str) -> None:
    assert said(waiting=WaitingFacts(1, NOW - timedelta(minutes=minutes))).waiting_word.endswith(age)


def test_a_stopped_sync_is_never_called_online() -> None:
    assert said(LinkFacts(Link.ONLINE, NOW, "records differ")).link_word == "Sending stopped"
    assert said(LinkFacts()).link_word == "Not joined"


def test_why_sending_stopped_stands_in_full_beside_the_short_pill() -> None:
    found = said(LinkFacts(Link.OFFLINE, NOW, "The centre has closed this station's access."))
    assert (found.link_word, found.short_link) == ("Sending stopped", "Sending stopped")
    assert found.link_detail == "The centre has closed this station's access."
    assert said().link_detail == ""


def test_what_there_is_to_say_while_it_goes_on_stands_beside_the_pill_too() -> None:
    found = said(LinkFacts(Link.ONLINE, NOW, note="The clocks are 9 minutes apart."))
    assert (found.link_word, found.link_detail) == ("Online", "The clocks are 9 minutes apart.")


def test_device_trouble_is_named() -> None:
    found = said(devices=DeviceFacts(printer="out of labels"))
    assert (found.device_word, found.devices_ok) == ("Printer: out of labels", False)
    assert said(devices=DeviceFacts(scanner="unplugged")).device_word == "Scanner: unplugged"
    assert said(devices=DeviceFacts(scanner_used=False)).device_word == "Keyboard only"


def test_of_two_troubles_the_scanners_comes_first_and_both_are_said() -> None:
    found = said(devices=DeviceFacts(scanner="unplugged", printer="out of labels"))
    assert found.device_word == "Scanner: unplugged\nPrinter: out of labels"
    assert (found.short_device, found.devices_ok) == ("Scanner", False)


@pytest.mark.parametrize(
    ("photos", "word"),
    [
        (PhotoFacts(), ""),
        (PhotoFacts(1), "1 photo waiting"),
        (PhotoFacts(3, 0, "No room."), "3 photos waiting\nNo room."),
        (PhotoFacts(0, 1, "No room."), "1 photo is gone from this disk and never arrived"),
        (PhotoFacts(2, 2), "2 photos waiting\n2 photos are gone from this disk and never arrived"),
    ],
)
def test_photos_are_told_beside_what_waits(photos: PhotoFacts, word: str) -> None:
    found = status(
        "B", "A", ONLINE, NONE_WAITING, WELL, photos=photos, now=NOW, zone=UTC, texts=resources.texts()
    )
    assert (found.photo_word, found.waiting_word) == (word, "0 waiting")
