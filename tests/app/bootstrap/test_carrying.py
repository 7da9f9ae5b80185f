from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.bootstrap.carrying import take_in
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.command.root import run
from app.domain.approvals.signed import Signed
from app.domain.bundle import BUNDLE, Manifest
from app.domain.framing import MAGIC
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from app.ledger.swapping import require_safe
from sync.central.store.database import create_database
from sync.central.store.enrolment import enrol
from sync.central.store.tables import event, receipt
from sync.wire.messages import Enrol
from tests.app.ledger.station import disposition
from tests.sync.central.receiving import NOW, Store


@pytest.fixture
def bench(tmp_path: Path) -> Folder:
    """A station with three events, enrolled at the centre in the same folder."""
    folder, store = Folder(tmp_path / "bench"), Store(tmp_path)
    key = tmp_path / "centre.db.key"
    key.write_text(bytes([7] * 32).hex())
    key.chmod(stat.S_IRUSR | stat.S_IWUSR)
    with open_record(folder, must_exist=False) as ledger:
        for number in (1, 2, 3):
            ledger.record(disposition(number, event_id=f"0192e4c5-0000-7000-8000-{number:012d}"))
        asked = Enrol(store.code(), ledger.head.station_id, "i", ledger.public_key, "mine")
    with store.database.write() as conn:
        enrol(conn, asked, NOW)
    store.database.close()
    return folder


def counts(tmp_path: Path) -> tuple[int, int]:
    database = create_database(f"sqlite:///{tmp_path / 'centre.db'}")
    with database.read() as conn:
        found = [conn.scalar(select(func.count()).select_from(table)) for table in (receipt, event)]
    database.close()
    return int(found[0] or 0), int(found[1] or 0)


def test_an_export_is_taken_in_once_from_any_machine(
    bench: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, where = str(tmp_path / "bench.events"), f"sqlite:///{tmp_path / 'centre.db'}"
    assert run(["sync", "export", target, "--data", str(bench.path)]) == 0
    assert run(["sync", "export", target, "--data", str(bench.path)]) == 1
    before = counts(tmp_path)
    taking = ["sync", "import", target, "--db", where, "--key", str(tmp_path / "centre.db.key")]
    assert run(taking) == 0
    after = counts(tmp_path)
    assert after[1] - before[1] >= 3
    assert run(taking) == 0
    assert counts(tmp_path) == after
    assert "3 events" in capsys.readouterr().err


def older_form(bundle: bytes) -> bytes:
    """The same events as this program wrote them before there were manifests."""
    return MAGIC + bundle[bundle.index(b"\n", len(BUNDLE)) + 1 :]


def test_a_bundle_that_is_not_whole_is_refused_as_a_whole_and_says_what_to_do(
    bench: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, where = tmp_path / "bench.events", f"sqlite:///{tmp_path / 'centre.db'}"
    assert run(["sync", "export", str(target), "--data", str(bench.path)]) == 0
    whole, before = target.read_bytes(), counts(tmp_path)
    taking = ["sync", "import", str(target), "--db", where, "--key", str(tmp_path / "centre.db.key")]
    target.write_bytes(whole[: places(whole)[2]])
    assert run(taking) == 1
    said = capsys.readouterr().err
    assert "ends after 2 whole events. Expected all 3" in said
    assert "Nothing was taken" in said
    assert counts(tmp_path) == before
    assert run([*taking, "--salvage"]) == 0
    assert "2 events read" in (said := capsys.readouterr().err)
    assert "not proven" in said
    target.write_bytes(whole)
    assert run(taking) == 0
    assert "all of its events up to number 3 of epoch 1" in capsys.readouterr().err
    assert counts(tmp_path)[0] == 3


def test_a_bundle_of_another_stations_key_is_refused(bench: Folder, tmp_path: Path) -> None:
    target, where = tmp_path / "bench.events", f"sqlite:///{tmp_path / 'centre.db'}"
    assert run(["sync", "export", str(target), "--data", str(bench.path)]) == 0
    rows, before = target.read_bytes().split(b"\n", 2), counts(tmp_path)
    said = Manifest.read(Signed.from_json(json.loads(rows[1]), "manifest"))
    target.write_bytes(BUNDLE + said.line(Ed25519Signer(bytes([9] * 32))) + rows[2])
    key = tmp_path / "centre.db.key"
    with pytest.raises(Refused) as no:
        take_in(where, key, target)
    assert no.value.code == "bundle.signature"
    stranger = replace(said, head=replace(said.head, station_id="0" * 32))
    target.write_bytes(BUNDLE + stranger.line(Ed25519Signer(bytes([9] * 32))) + rows[2])
    with pytest.raises(Refused) as no:
        take_in(where, key, target)
    assert no.value.code == "bundle.stranger"
    assert counts(tmp_path) == before


def test_a_file_of_the_older_form_is_taken_and_said_to_be_unproven(
    bench: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, where = tmp_path / "bench.events", f"sqlite:///{tmp_path / 'centre.db'}"
    assert run(["sync", "export", str(target), "--data", str(bench.path)]) == 0
    older = older_form(target.read_bytes())
    taking = ["sync", "import", str(target), "--db", where, "--key", str(tmp_path / "centre.db.key")]
    target.write_bytes(older[:-9])
    assert run(taking) == 0
    said = capsys.readouterr().err
    assert "2 events read" in said
    assert "not proven" in said
    assert "no whole event" in said
    target.write_bytes(older)
    assert run(taking) == 0
    assert counts(tmp_path)[0] == 3


@pytest.mark.parametrize("older", [True, False])
def test_a_damaged_event_is_stepped_over_and_what_is_behind_it_is_taken_once_that_is_here(
    bench: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, older: bool
) -> None:
    target, where = tmp_path / "bench.events", f"sqlite:///{tmp_path / 'centre.db'}"
    assert run(["sync", "export", str(target), "--data", str(bench.path)]) == 0
    whole = older_form(target.read_bytes()) if older else target.read_bytes()
    at = places(whole)
    damaged, first_two = bytearray(whole), tmp_path / "first-two.events"
    damaged[at[1] + 60] ^= 1
    target.write_bytes(damaged)
    first_two.write_bytes(whole[: at[2]])
    taking = ["--db", where, "--key", str(tmp_path / "centre.db.key"), *([] if older else ["--salvage"])]
    assert run(["sync", "import", str(target), *taking]) == 1
    said = capsys.readouterr()
    assert f"At byte {at[1]} an event is damaged" in said.out
    assert "up to number 1 only" in said.out
    assert "2 events read" in said.err
    assert run(["sync", "import", str(first_two), *taking]) == 0
    assert run(["sync", "import", str(target), *taking]) == 1
    assert "only" not in capsys.readouterr().out
    assert counts(tmp_path)[0] == 3


def test_salvage_passes_a_manifest_that_cannot_be_read(bench: Folder, tmp_path: Path) -> None:
    target, where = tmp_path / "bench.events", f"sqlite:///{tmp_path / 'centre.db'}"
    assert run(["sync", "export", str(target), "--data", str(bench.path)]) == 0
    damaged = bytearray(target.read_bytes())
    damaged[0] ^= 1
    damaged[len(BUNDLE)] ^= 1
    target.write_bytes(damaged)
    done = take_in(where, tmp_path / "centre.db.key", target, salvage=True)
    assert (done.events, done.damaged, done.proven) == (3, (len(BUNDLE),), None)


def places(whole: bytes) -> list[int]:
    """Where each frame of a file begins."""
    return [at - 36 for at in range(len(whole)) if whole.startswith(b'{"header":', at)]


def test_what_was_exported_may_be_built_anew_until_something_new_is_recorded(bench: Folder) -> None:
    with open_record(bench, must_exist=True) as ledger, pytest.raises(Refused, match="were not sent"):
        require_safe(ledger)
    assert run(["sync", "export", str(bench.path / "bench.events"), "--data", str(bench.path)]) == 0
    with open_record(bench, must_exist=True) as ledger:
        require_safe(ledger)
        ledger.record(disposition(4, event_id="0192e4c5-0000-7000-8000-000000000004"))
        with pytest.raises(Refused, match="were not sent"):
            require_safe(ledger)
