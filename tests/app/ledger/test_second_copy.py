from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.framing import MAGIC, framed, unframed
from app.ledger import renewal
from app.ledger.follower import Follower
from app.ledger.second_copy import CopiedLedger, SecondCopy
from tests.app.ledger.station import Station


def opened(station: Station, folder: Path, said: list[str]) -> CopiedLedger:
    ledger = CopiedLedger(
        station.path,
        station.dbapi,
        signer=station.signer,
        clock=station.clock,
        ids=station.ids,
        settings=station.settings,
    )
    ledger.second = followed_by(SecondCopy(folder), ledger, said)
    return ledger


def followed_by(copy: SecondCopy, ledger: CopiedLedger, said: list[str]) -> Follower:
    key = ledger.public_key
    return Follower(copy, ledger.path, ledger.dbapi, key, on_trouble=said.append, patience_s=30)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def ledger(station: Station, tmp_path: Path, said: list[str]) -> Iterator[CopiedLedger]:
    with opened(station, tmp_path / "usb", said) as found:
        yield found


def files(folder: Path) -> dict[str, int]:
    """Whole events in each file, by the end of its name."""
    found = {}
    for path in sorted(folder.glob("*.events")):
        with path.open("rb") as file:
            found[path.stem.partition("-")[2]] = len(list(unframed(file)))
    return found


def test_each_committed_event_is_in_the_copy_byte_for_byte(
    ledger: CopiedLedger, station: Station, tmp_path: Path, said: list[str]
) -> None:
    events = [ledger.record(station.disposition(private={"note": "x"})) for _ in range(3)]
    [path] = (tmp_path / "usb").glob("*.events")
    with path.open("rb") as file:
        assert [(one.header, one.sig) for one in unframed(file)] == [(e.header, e.sig) for e in events]
    assert said == []


def test_a_torn_tail_is_cut_off_and_written_again(station: Station, tmp_path: Path, said: list[str]) -> None:
    with opened(station, tmp_path / "usb", said) as ledger:
        ledger.record(station.disposition())
        ledger.record(station.disposition())
    [path] = (tmp_path / "usb").glob("*.events")
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    with opened(station, tmp_path / "usb", said) as ledger:
        ledger.record(station.disposition())
    assert files(tmp_path / "usb") == {"1-1": 3}
    assert path.read_bytes().startswith(whole)


def test_a_copy_that_cannot_be_read_any_more_is_left_and_the_next_begun(
    station: Station, tmp_path: Path, said: list[str]
) -> None:
    with opened(station, tmp_path / "usb", said) as ledger:
        first = ledger.record(station.disposition())
    [path] = (tmp_path / "usb").glob("*.events")
    strange = b"x" + path.read_bytes()[1:]
    path.write_bytes(strange)
    of_tomorrow = replace(first, header=first.header.replace(b'"v":1', b'"v":99'))
    newer = path.with_name(path.name.replace("-1.events", "-2.events"))
    newer.write_bytes(MAGIC + framed(of_tomorrow))
    with opened(station, tmp_path / "usb", said) as ledger:
        assert ledger.second is not None
        ledger.second.follow(ledger.last_seq)
        ledger.record(station.disposition())
        assert ledger.last_seq == 2
    assert (path.read_bytes(), newer.read_bytes()) == (strange, MAGIC + framed(of_tomorrow))
    third = path.with_name(path.name.replace("-1.events", "-3.events"))
    with third.open("rb") as file:
        assert len(list(unframed(file))) == 2
    assert said == []


def test_a_record_that_cannot_be_read_for_the_copy_is_a_trouble_and_no_lost_event(
    ledger: CopiedLedger, station: Station, tmp_path: Path, said: list[str]
) -> None:
    ledger.record(station.disposition())
    ledger.record(station.disposition())
    with ledger.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE event SET header = CAST('no header' AS BLOB) WHERE seq = 2")
    assert ledger.second is not None
    ledger.second.close()
    for path in (tmp_path / "usb").glob("*.events"):
        path.unlink()
    ledger.second = followed_by(SecondCopy(tmp_path / "usb"), ledger, said)
    ledger.record(station.disposition())
    assert ledger.last_seq == 3
    assert len(said) == 1
    assert "behind" in said[0]


def test_a_flipped_bit_in_the_middle_costs_no_event_behind_it(
    station: Station, tmp_path: Path, said: list[str]
) -> None:
    saved = tmp_path / "saved.db"
    with opened(station, tmp_path / "usb", said) as ledger:
        first = ledger.record(station.disposition())
    shutil.copyfile(station.path, saved)
    with opened(station, tmp_path / "usb", said) as ledger:
        for _ in range(3):
            ledger.record(station.disposition())
    [path] = (tmp_path / "usb").glob("*.events")
    damaged = bytearray(path.read_bytes())
    damaged[len(MAGIC) + len(framed(first)) + 50] ^= 1
    path.write_bytes(damaged)
    # The record is an older one: what is behind the flipped bit is nowhere else.
    shutil.copyfile(saved, station.path)
    with opened(station, tmp_path / "usb", said) as ledger:
        ledger.record(station.disposition())
    assert path.read_bytes() == bytes(damaged)
    assert files(tmp_path / "usb") == {"1-1": 1, "1-2": 2}


def test_a_copy_that_cannot_be_written_is_said_and_never_keeps_a_fact_from_the_record(
    ledger: CopiedLedger, station: Station, tmp_path: Path, said: list[str]
) -> None:
    (tmp_path / "usb").write_text("no folder")
    ledger.record(station.disposition())
    ledger.record(station.disposition())
    assert len(said) == 1
    assert "behind" in said[0]
    assert ledger.last_seq == 2
    (tmp_path / "usb").unlink()
    ledger.record(station.disposition())
    assert said[1:] == [""]
    assert files(tmp_path / "usb") == {"1-1": 3}


def test_a_disk_that_is_not_there_is_said_and_not_made_up(
    station: Station, tmp_path: Path, said: list[str]
) -> None:
    with opened(station, tmp_path / "media" / "usb", said) as ledger:
        ledger.record(station.disposition())
    assert "behind" in said[0]
    assert not (tmp_path / "media").exists()


def test_a_new_epoch_has_a_file_of_its_own_with_what_goes_again(
    ledger: CopiedLedger, station: Station, tmp_path: Path
) -> None:
    for _ in range(3):
        ledger.record(station.disposition())
    renewal.begin(ledger, 2, [3], 3)
    ledger.record(station.disposition())
    assert files(tmp_path / "usb") == {"1-1": 3, "2-1": 2}


def test_two_copies_of_one_station_do_not_write_into_one_file(
    station: Station, tmp_path: Path, said: list[str]
) -> None:
    with opened(station, tmp_path / "usb", said) as ledger:
        ledger.record(station.disposition())
    saved = tmp_path / "saved.db"
    shutil.copyfile(station.path, saved)
    with opened(station, tmp_path / "usb", said) as ledger:
        ledger.record(station.disposition())
    shutil.copyfile(saved, station.path)
    with opened(station, tmp_path / "usb", said) as ledger:
        ledger.record(station.disposition())
    assert files(tmp_path / "usb") == {"1-1": 2, "1-2": 2}
