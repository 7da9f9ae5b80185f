"""A station erases what the centre erased: in one commit with its record of it, and once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.envelope import ChainHead, body_of, require_whole
from app.domain.event import EventKind, erased_by
from app.domain.feed import Change, Page
from app.domain.refusal import Refused, Unavailable
from app.ledger import erasing, mirror
from app.ledger.audit import audit
from app.ledger.second_copy import SecondCopy
from app.ledger.tables import event
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station
from tests.app.ledger.test_second_copy import opened

SAID = {"note": "Anna Karenina came herself"}


def told(ledger: Ledger, *event_ids: str) -> None:
    """The centre's feed says that these were erased."""
    pos = ledger.cursor.pos
    changes = [Change(pos + n, "erasure", one, {"event": one}) for n, one in enumerate(event_ids, 1)]
    mirror.apply_page(ledger, Page(1, pos + len(event_ids), tuple(changes)))


def gone(ledger: Ledger) -> list[str]:
    asked = select(event.c.event_id).where(event.c.kind == "return.dispositioned", event.c.private.is_(None))
    return list(ledger.connection.scalars(asked.order_by(event.c.seq)))


def own(ledger: Ledger) -> list[tuple[str, ...]]:
    """What its own chain says it erased."""
    asked = (
        select(event.c.event_id).where(event.c.kind == EventKind.PRIVATE_ERASED.value).order_by(event.c.seq)
    )
    found = [ledger.envelope(one) for one in ledger.connection.scalars(asked)]
    return [erased_by(body_of(one.facts)) for one in found if one is not None]


def test_a_page_erases_at_once_and_on_record(ledger: Ledger, station: Station) -> None:
    one, two = (ledger.record(station.disposition(private=SAID)).event_id for _ in range(2))
    told(ledger, two, "somebody-elses")
    assert gone(ledger) == [two]
    assert own(ledger) == [(two,)]
    assert erasing.erased(ledger.connection) == {two, "somebody-elses"}
    assert audit(ledger).clean
    told(ledger, one, two)
    assert own(ledger) == [(two,), (one,)]
    # The mirror begins anew with another generation; the station's own record stays.
    mirror.forget(ledger)
    assert erasing.erased(ledger.connection) == {one, two}
    assert audit(ledger).clean


def test_a_disk_that_fails_in_the_middle_leaves_it_owed(
    ledger: Ledger, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ledger.record(station.disposition(private=SAID)).event_id
    head = ledger.head

    def fails(*_: object) -> None:
        raise Unavailable("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr("app.ledger.writer.write_also", fails)
        with pytest.raises(Unavailable):
            told(ledger, one)
    assert (gone(ledger), own(ledger), ledger.head) == ([], [], head)
    # The cursor is past it: the next page, whatever it tells, tries again.
    mirror.apply_page(ledger, Page(1, ledger.cursor.pos, ()))
    assert (gone(ledger), own(ledger)) == ([one], [(one,)])
    assert erasing.apply(ledger) == 0


def test_many_go_in_parts_and_none_is_forgotten(ledger: Ledger, station: Station) -> None:
    ids = [ledger.record(station.disposition(private=SAID)).event_id for _ in range(501)]
    told(ledger, *ids)
    assert [len(part) for part in own(ledger)] == [500, 1]
    assert gone(ledger) == ids


def test_what_was_erased_is_sealed_anew_and_says_so(ledger: Ledger, station: Station) -> None:
    one, two = (ledger.record(station.disposition(private=SAID)).event_id for _ in range(2))
    told(ledger, one)
    lacking = ledger.envelope(one)
    assert lacking is not None
    after = ChainHead(ledger.head.station_id, 2, 0, "0" * 64)
    with pytest.raises(Refused, match="without its private part"):
        ledger.reseal(lacking, after)
    again = ledger.reseal(lacking, after, erased=True)
    require_whole(again)
    assert b'"erased":true' in again.header
    whole = ledger.envelope(two)
    assert whole is not None
    assert b"erased" not in ledger.reseal(whole, after).header


def test_the_second_copy_forgets_it_too_also_in_files_of_before(station: Station, tmp_path: Path) -> None:
    folder, said = tmp_path / "usb", list[str]()
    with opened(station, folder, said) as ledger:
        one = ledger.record(station.disposition(private=SAID)).event_id
        ledger.record(station.disposition(private={"note": "stays"}))
        [path] = folder.glob("*.events")
        assert b"Karenina" in path.read_bytes()
        before = path.read_bytes()
        told(ledger, one)
        assert b"Karenina" not in path.read_bytes()
        assert b"stays" in path.read_bytes()
        ledger.record(station.disposition())
    # Where power went before the file was written once more, the next start does it.
    path.write_bytes(before)
    with opened(station, folder, said) as ledger:
        ledger.record(station.disposition())
        assert b"Karenina" not in path.read_bytes()
        assert SecondCopy(folder).follow(ledger) == ""
    assert said == []


def test_a_file_of_the_second_copy_that_cannot_be_cleaned_is_said_once_and_the_copy_is_whole(
    station: Station, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    folder, said = tmp_path / "usb", list[str]()
    with opened(station, folder, said) as ledger:
        one = ledger.record(station.disposition(private=SAID)).event_id
        [path] = folder.glob("*.events")
        strange = path.with_name(f"{ledger.head.station_id}-0-1.events")
        strange.mkdir()
        expect_log("second copy is complete, but .*-0-1.events may still hold private words")
        told(ledger, one)
        ledger.record(station.disposition())
        assert b"Karenina" not in path.read_bytes()
        copy = SecondCopy(folder)
        assert copy.follow(ledger) == ""
        ledger.record(station.disposition())
        assert copy.follow(ledger) == ""
        # Nothing is looked for again before the next erasure: the file stays open.
        file = copy._file
        ledger.record(station.disposition())
        assert copy.follow(ledger) == ""
        assert copy._file is file is not None
        copy.close()
        strange.rmdir()
    assert said == []
