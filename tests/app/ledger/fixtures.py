"""Fixtures: a new station for each test, from a database that is made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ledger.writer import Ledger
from tests.app.ledger.station import Station


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty station database: migrating once and copying is quicker than migrating for each test."""
    path = tmp_path_factory.mktemp("founded") / "station.db"
    Station(path).open().close()
    return path


@pytest.fixture
def station(founded: Path, tmp_path: Path) -> Station:
    path = tmp_path / "station.db"
    shutil.copyfile(founded, path)
    return Station(path)


@pytest.fixture
def ledger(station: Station) -> Iterator[Ledger]:
    with station.open() as opened:
        yield opened
