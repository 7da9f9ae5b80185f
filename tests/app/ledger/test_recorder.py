"""A process that records is killed, or its disk fills: what it said is saved is there."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from app.ledger.audit import audit
from tests.app.ledger.station import Station

ROOT = Path(__file__).resolve().parents[3]


def _start(*given: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.app.ledger.recorder", *given]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _stored(station: Station) -> dict[int, tuple[str, str]]:
    with station.open() as ledger:
        assert audit(ledger).clean
        rows = ledger.connection.exec_driver_sql("SELECT seq, event_id, hash FROM event ORDER BY seq").all()
        assert [row.seq for row in rows] == list(range(1, ledger.head.seq + 1))
        return {row.seq: (row.event_id, row.hash) for row in rows}


@pytest.mark.slow
def test_killed_at_any_moment_everything_said_to_be_saved_is_there(
    station: Station, seeded: random.Random
) -> None:
    said: dict[int, tuple[str, str]] = {}
    for life in range(1, 6):
        with _start(str(station.path), str(life)) as process:
            assert process.stdout is not None
            for _ in range(seeded.randrange(1, 120)):
                _, seq, event_id, digest = process.stdout.readline().split()
                said[int(seq)] = (event_id, digest)
            process.kill()
            # What was printed before the kill counts, a line cut short does not.
            for line in process.stdout.read().split("\n")[:-1]:
                _, seq, event_id, digest = line.split()
                said[int(seq)] = (event_id, digest)
        stored = _stored(station)
        assert said.items() <= stored.items()
        # At most one commit came to its end without being told.
        assert len(stored) - len(said) <= life


def test_a_real_full_disk_is_said_plainly_and_everything_told_is_kept(station: Station) -> None:
    pytest.importorskip("resource")
    limit = station.path.stat().st_size + 2_000_000
    with _start(str(station.path), "1", str(limit)) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    lines = [line.split() for line in out.splitlines()]
    told = [line for line in lines if line[0] == "saved"]
    refused = [" ".join(line[1:]) for line in lines if line[0] == "refused"]
    assert len(refused) == 1
    assert refused[0].startswith("Not recorded: the disk ")
    assert lines[-11][0] == "refused"
    assert len(told) > 20
    assert {int(seq): (event_id, digest) for _, seq, event_id, digest in told} == _stored(station)
