from __future__ import annotations

from pathlib import Path

from sync.central.store.lasting import put_in_place
from tests.app.ledger.test_lasting import after_a_cut


def test_a_file_in_its_place_is_whole_and_stays_there(tmp_path: Path) -> None:
    assert after_a_cut(tmp_path, put_in_place) == {b"new"}
