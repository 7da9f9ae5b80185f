"""A short, repeatable slice of `python -m tests.fuzz`: no answer that the description does not name."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.central.centre import Settings
from sync.central.rules.access import ROUTES, Role
from tests.centre import running_centre
from tests.fuzz.furnished import furnish
from tests.fuzz.probe import Probe


@pytest.mark.slow
def test_every_route_answers_as_it_is_described(tmp_path: Path) -> None:
    with running_centre(tmp_path, settings=Settings(app_ver="test", rate=0)) as centre:
        probe = Probe(centre, furnish(centre, copies=1))
        try:
            probe.once(examples=1, seeded=7, unfit_each=2)
        finally:
            probe.close()
        found = probe.outcome
        assert found.faults == {}
        assert len(found.routes) == len(ROUTES) - 1, "all but the description itself"
        assert found.good, "all were refused before they came to the ledger"
        assert centre.as_(Role.AUDITOR).get("/audit")["violations"] == []
