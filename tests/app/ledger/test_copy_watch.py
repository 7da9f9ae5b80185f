"""What a person is told of a second copy, over restarts and while its disk comes and goes."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.envelope import reopen
from app.domain.framing import MAGIC, framed, unframed
from app.domain.refusal import Unavailable
from app.ledger import renewal
from app.ledger.copy_watch import CopyWatch
from app.ledger.owed import Due
from app.ledger.second_copy import CopiedLedger
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station


class Watched:
    """A station's record with a second copy, from one start to the next."""

    def __init__(self, station: Station, folder: Path) -> None:
        self.station, self.folder, self.said = station, folder, list[str]()
        self.start()

    def start(self) -> None:
        station = self.station
        self.ledger = CopiedLedger(
            station.path,
            station.dbapi,
            signer=station.signer,
            clock=station.clock,
            ids=station.ids,
            settings=station.settings,
        )
        self.watch = CopyWatch(self.folder, station.clock, self.said.append, patience_s=30)
        self.watch.begin(self.ledger, station.ids)

    def restart(self) -> None:
        self.ledger.close()
        self.start()

    def record(self, many: int) -> None:
        for _ in range(many):
            self.ledger.record(self.station.disposition())


@pytest.fixture
def usb(station: Station, tmp_path: Path) -> Iterator[Watched]:
    (tmp_path / "media").mkdir()
    watched = Watched(station, tmp_path / "media" / "usb")
    yield watched
    watched.ledger.close()


def unplug(usb: Watched) -> None:
    usb.folder.parent.rename(usb.folder.parent.with_name("away"))


def plug_in(usb: Watched) -> None:
    usb.folder.parent.with_name("away").rename(usb.folder.parent)


def test_a_copy_that_follows_is_whole(usb: Watched) -> None:
    usb.record(3)
    found = usb.watch.state()
    assert (found.trouble, found.missing, found.copied, found.since) == ("", 0, 3, None)


def test_one_whose_disk_is_away_says_since_when_and_how_much_over_restarts(usb: Watched) -> None:
    usb.record(2)
    usb.restart()
    unplug(usb)
    began = usb.station.clock.now()
    usb.restart()
    usb.record(3)
    usb.restart()
    usb.record(1)
    found = usb.watch.state()
    assert "is behind: No such file" in found.trouble
    assert found.missing == 4
    assert found.since is not None
    assert timedelta(0) <= found.since - began < timedelta(minutes=1)


def test_what_was_never_copied_is_known_to_be_so(station: Station, tmp_path: Path) -> None:
    never = Watched(station, tmp_path / "none" / "usb")
    never.record(2)
    never.restart()
    found = never.watch.state()
    assert (found.since, found.missing, found.ever) == (None, 2, False)
    never.ledger.close()


def test_it_is_noticed_without_another_record_that_the_disk_is_back(usb: Watched) -> None:
    usb.record(1)
    usb.ledger.close()
    unplug(usb)
    usb.start()
    usb.record(2)
    assert usb.watch.state().trouble
    plug_in(usb)
    tried = threading.Event()
    while usb.watch.state().trouble:
        tried.wait(0.01)
    assert usb.said[-1] == "The second copy is complete again."
    assert (usb.watch.state().missing, usb.watch.state().copied) == (0, 3)
    usb.restart()
    assert usb.watch.state().since is None


def loses_its_end(usb: Watched, kept: int, recorded: int) -> Path:
    """Records events, puts the file back as it was after the first of them, and answers the copy's file."""
    usb.record(kept)
    usb.ledger.close()
    aside = usb.station.path.with_name("aside.db")
    shutil.copyfile(usb.station.path, aside)
    usb.start()
    usb.record(recorded - kept)
    usb.ledger.close()
    shutil.copyfile(aside, usb.station.path)
    usb.said.clear()
    [file] = usb.folder.glob("*-1.events")
    return file


def test_what_the_copy_holds_and_the_record_lost_is_said_and_a_renewal_is_owed(usb: Watched) -> None:
    file = loses_its_end(usb, 3, 8)
    whole = file.read_bytes()
    usb.start()
    lost = (
        f"The second copy holds events 4 to 8 that this record lost: bring {file} to the centre with "
        "backhaul sync import."
    )
    assert usb.said.count(lost) == 1
    assert usb.watch.state().lost == lost
    owed = renewal.due(usb.ledger)
    assert owed is not None
    assert owed.cause == "restored"
    usb.record(2)
    usb.watch.state()
    assert usb.said.count(lost) == 1
    # Until it is renewed, each start says so again, also of what is recorded over the lost numbers.
    usb.restart()
    assert usb.said.count(lost) == 2
    assert renewal.due(usb.ledger) == owed
    assert file.read_bytes() == whole
    renewal.begin(usb.ledger, 2, [], usb.ledger.last_seq)
    usb.restart()
    assert (usb.said.count(lost), usb.watch.state().lost, renewal.due(usb.ledger)) == (2, "", None)


def test_a_single_lost_event_is_named_as_one(usb: Watched) -> None:
    loses_its_end(usb, 2, 3)
    usb.start()
    assert "holds event 3 that this record lost" in usb.watch.state().lost


def test_what_the_station_did_not_sign_is_no_loss(usb: Watched) -> None:
    file = loses_its_end(usb, 2, 3)
    with file.open("rb") as held:
        sealed = [reopen(one.header, one.facts, one.private, one.salt, one.sig) for one in unframed(held)]
    sealed[2] = replace(sealed[2], sig=bytes(64))
    file.write_bytes(MAGIC + b"".join(framed(one) for one in sealed))
    usb.start()
    assert (usb.watch.state().lost, renewal.due(usb.ledger)) == ("", None)


def test_a_renewal_that_the_disk_does_not_take_is_noted_later(
    usb: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    loses_its_end(usb, 2, 3)

    def refused(ledger: Ledger, new: Due) -> Due:
        raise Unavailable(f"full: {ledger.last_seq}, {new.cause}")

    with monkeypatch.context() as full:
        full.setattr(renewal, "owe", refused)
        usb.start()
    assert renewal.due(usb.ledger) is None
    assert usb.watch.state().lost
    assert renewal.due(usb.ledger) is not None


def test_a_copy_on_the_records_own_disk_is_warned_of_once(usb: Watched) -> None:
    usb.record(2)
    assert usb.watch.state().same_disk
    assert [line for line in usb.said if "one broken disk takes both" in line] == usb.said
    assert len(usb.said) == 1


def test_a_copy_on_another_disk_is_not(station: Station, tmp_path: Path) -> None:
    shared = Path("/dev/shm")  # noqa: S108 - the one other disk that every Linux has
    other = Path.cwd() if tmp_path.is_relative_to(shared) else shared
    if not other.exists() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs two disks")
    folder = other / f".second-copy-{os.getpid()}"
    try:
        watched = Watched(station, folder)
        watched.record(1)
        assert not watched.watch.state().same_disk
        assert watched.said == []
        watched.ledger.close()
    finally:
        for file in folder.glob("*"):
            file.unlink()
        if folder.exists():
            folder.rmdir()
