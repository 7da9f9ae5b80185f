from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import begin_record, open_record
from app.domain.event import Event
from app.domain.feed import Change, Page
from app.domain.refusal import Refused, Unavailable
from app.ledger import mirror
from app.ledger.also import SetValue
from app.station.system import SystemClock, SystemIds
from tests.killing import killed_at_each_place, said_by


def test_a_record_is_made_once_and_found_again(tmp_path: Path) -> None:
    with open_record(Folder(tmp_path), must_exist=False) as ledger:
        station = ledger.head.station_id
    with open_record(Folder(tmp_path), must_exist=True) as ledger:
        assert ledger.head.station_id == station


def test_without_its_key_a_record_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with open_record(folder, must_exist=False):
        pass
    folder.key.unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with (
        pytest.raises(Refused, match=r"no key file .*station\.key") as no,
        open_record(folder, must_exist=True),
    ):
        pytest.fail("opened with a new key")
    assert no.value.code == "key.missing"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_next_start_after_a_power_cut_at_the_first_goes_on(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with open_record(folder, must_exist=False):
        pass
    folder.record.write_bytes(b"")
    folder.key.unlink()
    with open_record(folder, must_exist=False) as ledger:
        assert ledger.head.seq == 0


@pytest.mark.parametrize("left", [None, b""], ids=["gone", "empty"])
def test_a_key_whose_record_is_gone_begins_no_other_station(tmp_path: Path, left: bytes | None) -> None:
    folder = Folder(tmp_path)
    with open_record(folder, must_exist=False) as ledger:
        station = ledger.head.station_id
    folder.record.unlink()
    if left is not None:
        folder.record.write_bytes(left)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(Refused, match="backhaul restore FILE") as no, open_record(folder, must_exist=False):
        pytest.fail("began another station under the key")
    assert no.value.code == "record.gone"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    # Whoever wants another one says so by taking the key away.
    folder.key.rename(tmp_path / "old.key")
    with open_record(folder, must_exist=False) as ledger:
        assert ledger.head.station_id != station


def test_a_first_start_that_is_killed_anywhere_goes_on_with_the_next(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "bench")

    def start() -> int:
        with open_record(folder, must_exist=False) as ledger:
            return ledger.last_seq

    for _ in killed_at_each_place(start, lambda: shutil.rmtree(folder.path, ignore_errors=True)):
        assert start() == 0
        assert not folder.founding.exists()
        folder.record.unlink()
        assert said_by(start) == "record.gone"


def test_a_folder_without_a_record_is_not_made_into_one(tmp_path: Path) -> None:
    with (
        pytest.raises(Refused, match="holds no station record"),
        open_record(Folder(tmp_path / "none"), must_exist=True),
    ):
        pytest.fail("opened nothing")
    assert not (tmp_path / "none").exists()


def test_a_full_disk_with_something_to_erase_keeps_no_bench_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    folder = Folder(tmp_path)
    clock, ids = SystemClock(), SystemIds()
    with closing(begin_record(folder, clock, ids, None)) as ledger:
        event = Event(
            event_id=ids.event_id(1),
            kind="return.noted",
            subject=("sku:K-17",),
            operator="sam",
            session="s-1",
            body={},
            private={"note": "Anna Karenina"},
        )
        one = ledger.record(event).event_id
        with monkeypatch.context() as full:
            full.setattr("app.ledger.erasing.apply", lambda _: 0)
            mirror.apply_page(ledger, Page(1, 1, (Change(1, "erasure", one, {"event": one}),)))

    def fails(*_: object) -> None:
        raise Unavailable("The disk is full.")

    expect_log("not erased here yet: The disk is full")
    with monkeypatch.context() as full:
        full.setattr("app.ledger.writer.write_also", fails)
        with closing(begin_record(folder, clock, ids, None)) as ledger:
            assert ledger.envelope(one).private is not None  # type: ignore[union-attr]  # it is there
    with closing(begin_record(folder, clock, ids, None)) as ledger:
        assert ledger.envelope(one).private is None  # type: ignore[union-attr]  # it is there
        files = [file.read_bytes() for file in tmp_path.glob(f"{folder.record.name}*")]
        assert not any(b"Karenina" in data for data in files)


def test_a_start_empties_the_log_where_power_went_between_an_erasure_and_that(tmp_path: Path) -> None:
    before, after = Folder(tmp_path / "before"), Folder(tmp_path / "after")
    before.make()
    with closing(begin_record(before, SystemClock(), SystemIds(), None)) as ledger:
        ledger.save([SetValue("note", "Karenina")])
        # As power leaves it: files that nobody closed.
        shutil.copytree(tmp_path / "before", tmp_path / "after")
    log = tmp_path / "after" / f"{after.record.name}-wal"
    assert b"Karenina" in log.read_bytes()
    with closing(begin_record(after, SystemClock(), SystemIds(), None)):
        assert log.stat().st_size == 0
