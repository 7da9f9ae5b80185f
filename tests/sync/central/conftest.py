"""A running centre, and a PostgreSQL database where there is a server for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.centre import RunningCentre, running_centre
from tests.postgres import Cluster, running_cluster
from tests.sync.central.checks.busy import Busy, busy_at
from tests.sync.central.shop import Shop, open_shop
from tests.sync.central.working import Workshop, open_workshop


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
    return cluster.ready()


@pytest.fixture
def empty_postgres_url(cluster: Cluster) -> str:
    return cluster.database()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("empty_postgres_url"))
    return f"sqlite:///{tmp_path / 'c.db'}"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    """A workshop on each database."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_workshop(tmp_path, url) as found:
        yield found


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    """One busy centre for all who only look, on each database; planted faults do not last in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('busy') / 'centre.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.database()
    with busy_at(url) as found:
        yield found
