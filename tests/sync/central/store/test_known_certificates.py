"""Which newer certificate a station knew is told by the feed it had read, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.approvals import Certificate, Signed
from app.domain.refusal import Refused
from sync.central.commands.catalogue import put_locations
from sync.central.store.feed import begin_generation
from sync.central.store.known_certificates import NOTHING, Heard, heard_by, newer_known
from tests.sync.central.approving import Desk, desk_in, head_of

FAR = 10**9


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        other = {"code": "WH2", "kind": "site", "name": "Other", "site": "WH2"}
        found.act(lambda act: put_locations(act, [other]))
        yield found


def newer(desk: Desk, used: Signed, heard: Heard) -> str | None:
    with desk.store.database.read() as conn:
        found = newer_known(conn, (used.digest, Certificate.read(used)), heard)
    if found is not None:
        assert found.certificate.approver == "RUTH"
    return found.digest if found else None


def heard(desk: Desk, site: str = "WH1") -> Heard:
    return Heard(site, *head_of(desk))


def test_the_one_in_use_is_the_newest_until_another_was_read(desk: Desk) -> None:
    first, before = desk.certificate("RUTH"), heard(desk)
    assert newer(desk, first, before) is None
    # Within the same millisecond, too.
    desk.enrol("RUTH", single_minor=100)
    second = desk.certificate("RUTH")
    assert newer(desk, first, before) is None
    assert newer(desk, first, heard(desk)) == second.digest
    assert newer(desk, second, heard(desk)) is None
    # A program that says it knows less than what it uses holds nothing newer.
    assert newer(desk, second, before) is newer(desk, second, NOTHING) is None
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH")
    assert newer(desk, first, heard(desk)) == desk.certificate("RUTH").digest


def test_a_station_is_held_to_what_its_own_site_was_told(desk: Desk) -> None:
    first = desk.certificate("RUTH")
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH", sites=["WH2"])
    moved = desk.certificate("RUTH").digest
    # The site that lost the approver hears of that while older certificates live, and not for ever.
    assert newer(desk, first, heard(desk)) == newer(desk, first, heard(desk, "WH2")) == moved
    assert newer(desk, first, heard(desk, "WH3")) is None
    desk.store.clock.at += timedelta(days=15)
    desk.enrol("RUTH", sites=["WH2"])
    assert newer(desk, first, heard(desk)) == moved
    assert newer(desk, first, heard(desk, "WH2")) == desk.certificate("RUTH").digest


def test_a_centre_that_was_put_back_knows_what_stations_had_read_before(desk: Desk) -> None:
    first = desk.certificate("RUTH")
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH")
    second, old = desk.certificate("RUTH").digest, heard(desk)
    with desk.store.database.write() as conn:
        begin_generation(conn)
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH")
    assert newer(desk, first, old) == second
    # The same position in the generation before is another story behind the copy.
    assert newer(desk, first, Heard("WH1", old.gen, FAR)) == second
    assert newer(desk, first, heard(desk)) == desk.certificate("RUTH").digest


def test_what_a_header_says(desk: Desk) -> None:
    desk.hears()
    sent = desk.record(desk.written_off())
    assert heard_by(sent.header, "WH1") == heard(desk)
    with pytest.raises(Refused):
        heard_by(b"[]", "WH1")
