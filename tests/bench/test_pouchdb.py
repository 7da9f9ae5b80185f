"""A peer that cannot be had is said and left out; the measurements go on."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.bench import pouchdb, push

SIZE = pouchdb.Size(push.Size(rounds=1, batches=1, batch=10), items=10)


def test_a_peer_that_cannot_be_installed_is_left_out_with_the_reason(tmp_path: Path) -> None:
    said = list[str]()

    def nowhere(_folder: Path) -> None:
        raise pouchdb.CannotError("the package index was not reached")

    assert pouchdb.measure(tmp_path, SIZE, said.append, nowhere) == []
    assert said[-1] == "PouchDB is left out: the package index was not reached"


def test_where_there_is_no_node_that_is_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    said = list[str]()
    assert pouchdb.measure(tmp_path, SIZE, said.append) == []
    assert said[-1] == "PouchDB is left out: there is no node here"


def test_what_a_program_said_last_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(pouchdb.CannotError, match=r"ended with 3: no room"):
        pouchdb._run(
            [sys.executable, "-c", "import sys; print('no room', file=sys.stderr); sys.exit(3)"], tmp_path
        )
