"""One busy centre for all checks, on each database; planted faults do not last in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Cluster
from tests.sync.central.checks.busy import Busy, busy_at


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('busy') / 'centre.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.database()
    with busy_at(url) as found:
        yield found
