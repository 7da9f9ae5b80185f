from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.bootstrap import resources
from app.bootstrap.centre import CentreClient, EmbeddedCentre
from sync.central.rules.allocation_policy import read_allocation_policy

SHIPPED_RULES = read_allocation_policy(resources.allocation_policy_source(), "allocation.toml").version


def test_a_new_centre_has_the_shipped_policies_and_keeps_later_ones(tmp_path: Path) -> None:
    with EmbeddedCentre(tmp_path) as centre, CentreClient(centre.url, centre.token) as client:
        assert client.get("/policies/current").text("version") == resources.policy().version
        later = resources.policy_source().replace(resources.policy().version, "2027.1")
        client.post("/policies", {"source": later}, "later")
        assert (
            client.get("/allocation-policies/current").text("source") == resources.allocation_policy_source()
        )
        rules = resources.allocation_policy_source().replace(SHIPPED_RULES, "2027.2")
        client.post("/allocation-policies", {"source": rules}, "rules")
    with EmbeddedCentre(tmp_path) as centre, CentreClient(centre.url, centre.token) as client:
        assert client.get("/policies/current").text("version") == "2027.1"
        assert client.get("/allocation-policies/current").text("version") == "2027.2"


def test_a_centre_of_an_earlier_version_gets_the_allocation_policy_beside_its_own(tmp_path: Path) -> None:
    later = resources.policy_source().replace(resources.policy().version, "2027.1")
    with EmbeddedCentre(tmp_path) as centre, CentreClient(centre.url, centre.token) as client:
        client.post("/policies", {"source": later}, "later")
    with closing(sqlite3.connect(tmp_path / "centre.db")) as db, db:
        db.execute("delete from allocation_policy")
    with EmbeddedCentre(tmp_path) as centre, CentreClient(centre.url, centre.token) as client:
        assert client.get("/policies/current").text("version") == "2027.1"
        assert client.get("/allocation-policies/current").text("version") == SHIPPED_RULES
