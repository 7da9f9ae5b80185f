"""A bench that joins has the centre's records at once; one that doubts them fetches them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.command.root import run
from app.ledger.also import SetValue
from app.ledger.swapping import EXPORTED
from sync.central.rules.access import Role
from sync.central.store.erasing import RECORD
from sync.central.store.feed import Record, publish
from tests.app.ledger.station import disposition
from tests.centre import RunningCentre, running_centre
from tests.sync.central.api.signing import vouching_centre


def enrolled(centre: RunningCentre, tmp_path: Path) -> Folder:
    admin = centre.as_(Role.ADMIN)
    admin.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "WH1"}]})
    admin.post("/items", {"items": [{"sku": f"K-{n}", "name": "Kettle"} for n in range(30)]})
    code = admin.post("/enrolment-codes", {"name": "Bench", "site": "WH1", "owner": "ACME"})["code"]
    (tmp_path / "code").write_text(code)
    asked = ["--code-file", str(tmp_path / "code"), "--data", str(tmp_path / "bench")]
    assert run(["enrol", "--centre", centre.base_url, *asked]) == 0
    return Folder(tmp_path / "bench")


def items(folder: Folder) -> int:
    with open_record(folder, must_exist=True) as ledger:
        found: int = ledger.connection.exec_driver_sql(
            "SELECT count(*) FROM mirror WHERE kind = 'item'"
        ).scalar_one()
    return found


def test_joining_brings_the_records_and_resync_brings_them_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with vouching_centre(tmp_path) as centre:
        folder = enrolled(centre, tmp_path)
        assert "records of the centre are here already" in capsys.readouterr().err
        assert items(folder) == 30
        with open_record(folder, must_exist=True) as ledger:
            ledger.connection.exec_driver_sql("DELETE FROM mirror WHERE kind = 'item'")
        assert run(["resync", "--data", str(folder.path)]) == 0
        assert items(folder) == 30


def test_a_bench_that_fetches_its_records_anew_erases_what_they_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with vouching_centre(tmp_path) as centre:
        with centre.database.write() as conn:
            publish(conn, [Record(RECORD, "e-1", {"event": "e-1"})])
        folder = enrolled(centre, tmp_path)
        with open_record(folder, must_exist=True) as ledger:
            one = ledger.record(disposition(1, event_id="e-1", private={"note": "Anna"}))
            ledger.save([SetValue(EXPORTED, ledger.head.hash)])
        assert run(["resync", "--data", str(folder.path)]) == 0, capsys.readouterr().err
        with open_record(folder, must_exist=True) as ledger:
            kept = ledger.envelope(one.event_id)
            assert kept is not None
            assert (kept.private, kept.salt) == (None, None)
            assert ledger.last_seq == 2
        assert run(["audit", "--data", str(folder.path)]) == 0


def test_without_a_snapshot_a_bench_joins_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_centre(tmp_path) as centre:
        folder = enrolled(centre, tmp_path)
        said = capsys.readouterr().err
        assert ("Joined as Bench" in said, "already" in said) == (True, False)
        assert items(folder) == 0
        assert run(["resync", "--data", str(folder.path)]) == 1
        assert "no policy key" in capsys.readouterr().err
    assert run(["resync", "--data", str(tmp_path / "none")]) == 1
