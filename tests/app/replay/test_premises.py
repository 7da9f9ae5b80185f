"""Where a replay happens: found again as it was left, and gone when the replay is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.domain.refusal import Refused, Unavailable
from app.ledger.identity import StationIdentity
from app.replay.goods import goods_of
from app.replay.premises import locked, opened
from tests.app.replay.lines import papers_of, row

GOODS = goods_of(papers_of([row()]))
_END_S = 60


def joined(folder: Path) -> StationIdentity | None:
    with open_record(Folder(folder / "station"), must_exist=True) as ledger:
        return ledger.identity


def test_a_second_start_finds_the_same_bench_and_the_same_people(tmp_path: Path) -> None:
    asked = {"locations": [{"code": "STOCK", "kind": "bin", "name": "Stock", "site": "WH1"}]}
    with opened(tmp_path, GOODS) as premises:
        first = premises.shop.post("/locations", asked, "the same key").raw()
        assert premises.proof() == ()
    keys = json.loads((tmp_path / "keys.json").read_text(encoding="utf-8"))
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    identity = joined(tmp_path)
    assert identity is not None
    with opened(tmp_path, GOODS) as premises:
        # Answered from what it kept for this key of this person: it is nobody new who asks.
        assert premises.shop.post("/locations", asked, "the same key").raw() == first
        with pytest.raises(Refused, match="used for another command"):
            premises.shop.post("/items", {"items": []}, "the same key")
    assert json.loads((tmp_path / "keys.json").read_text(encoding="utf-8")) == keys
    assert joined(tmp_path) == identity


def test_a_start_that_broke_off_before_the_bench_had_joined_is_made_up_for(tmp_path: Path) -> None:
    with opened(tmp_path, GOODS):
        pass
    # The bench never learnt that it was taken in: its record is as before, its code was used.
    stale = {**json.loads((tmp_path / "keys.json").read_text(encoding="utf-8")), "joining": "AAAA-BBBB"}
    (tmp_path / "keys.json").write_text(json.dumps(stale), encoding="utf-8")
    (tmp_path / "station").rename(tmp_path / "elsewhere")
    with opened(tmp_path, GOODS) as premises:
        premises.bench.send_and_fetch()
    assert joined(tmp_path) is not None


def test_the_centre_goes_with_whoever_started_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    command = ["central", "serve", "--db", url, "--port", "0", "--announce", "--until-stdin-ends"]
    with subprocess.Popen(
        [sys.executable, "-m", "app", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as centre:
        assert centre.stdin is not None
        assert centre.stdout is not None
        assert json.loads(centre.stdout.readline())["url"]
        # What the system does when the starter dies.
        centre.stdin.close()
        centre.wait(_END_S)
    assert not (tmp_path / "centre.db-wal").exists(), "it ended in order"


def test_a_folder_takes_one_replay_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(Refused) as no, locked(tmp_path):
        pass
    assert no.value.code == "replay.in_use"
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_the_worlds_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be used"), locked(tmp_path / "file" / "out"):
        pass
