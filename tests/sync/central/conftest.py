"""A running centre, and a PostgreSQL database where there is a server for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.centre import RunningCentre, running_centre
from tests.postgres import Cluster, running_cluster
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(tmp_path) as found:
        yield found


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as found:
        yield found


@pytest.fixture
def postgres_url(cluster: Cluster) -> str:
    return cluster.database()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as found:
        yield found
