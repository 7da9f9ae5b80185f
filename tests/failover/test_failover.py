"""A short trial of each harm; the long one is `python -m tests.failover`."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.central.store.database import create_database
from tests.failover.load import Acknowledged
from tests.failover.trials import HARMS, compared, trial
from tests.postgres import required_programs


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own: the path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        yield Path(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", HARMS)
def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(name: str, folder: Path) -> None:
    report = trial(name, required_programs(), folder, acknowledged=80)
    assert report.wrong == ()
    assert report.acknowledged >= 80
    # The harm was met by somebody, or the trial proved nothing.
    assert (
        sum(report.told.values()) > report.told["done"] + report.told["replayed"] or name == "killed worker"
    )


def test_what_is_lost_or_done_twice_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    create_database(url).close()
    told = Acknowledged(orders={"o": {}}, receipts={"r": {}}, told=Counter())
    assert compared(url, told) == ["lost: order o", "lost: receipt r"]
