from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.bootstrap import resources
from app.ledger.copy_state import CopyState
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


USB = CopyState("/mnt/usb", copied=40, ever=True)
WHY = "The second copy in /mnt/usb is behind: No such file or directory."


def test_a_second_copy_that_is_behind_says_since_when_how_much_why_and_what_to_do() -> None:
    since = NOW - timedelta(minutes=38)
    found = said(devices=DeviceFacts(copy=USB.behind(WHY, since).against(78, 0)))
    assert (found.devices_ok, found.device_word) == (False, "Second copy: none since 10:42")
    assert found.short_device == "Second copy"
    count, why, mend = found.copy_word.splitlines()
    assert (count, why) == ("38 records are on this disk alone.", WHY)
    assert mend.startswith("Connect its disk or share again")


@pytest.mark.parametrize(
    ("recorded", "count"),
    [(41, "1 record is on this disk alone."), (40, "No record is missing in the second copy so far.")],
)
def test_few_and_none_are_counted_too(recorded: int, count: str) -> None:
    found = said(devices=DeviceFacts(copy=USB.behind(WHY, NOW).against(recorded, 0)))
    assert found.copy_word.splitlines()[0] == count


def test_another_day_is_named_and_so_is_a_copy_that_never_was() -> None:
    found = said(devices=DeviceFacts(copy=USB.behind(WHY, NOW - timedelta(days=1))))
    assert found.device_word == "Second copy: none since 21 Nov 11:20"
    never = said(devices=DeviceFacts("unplugged", copy=CopyState("/mnt/usb").behind(WHY, NOW).against(3, 0)))
    assert never.device_word == "Scanner: unplugged\nSecond copy: nothing copied yet"
    assert never.copy_word.startswith("3 records are on this disk alone.")


def test_a_whole_copy_is_said_calmly_and_one_on_the_same_disk_warns() -> None:
    found = said(devices=DeviceFacts(copy=USB))
    assert (found.devices_ok, found.copy_word) == (True, "Second copy: complete")
    warned = said(devices=DeviceFacts(copy=replace(USB, same_disk=True)))
    assert warned.devices_ok
    assert "on the same disk as the record" in warned.copy_word
    assert said().copy_word == ""


def test_a_copy_that_holds_what_the_record_lost_is_on_the_pill_and_says_what_to_do() -> None:
    lost = "The second copy holds events 4 to 8 that this record lost: bring FILE to the centre."
    found = said(devices=DeviceFacts(copy=replace(USB, lost=lost)))
    assert (found.devices_ok, found.short_device) == (False, "Second copy")
    assert found.device_word == "Second copy: it holds records that this station lost"
    assert found.copy_word.splitlines() == [lost, "Second copy: complete"]
