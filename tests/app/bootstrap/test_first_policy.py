from __future__ import annotations

from pathlib import Path

from app.bootstrap import resources
from app.bootstrap.centre import CentreClient, EmbeddedCentre


def test_a_new_centre_has_the_shipped_policy_and_keeps_a_later_one(tmp_path: Path) -> None:
    with EmbeddedCentre(tmp_path) as centre, CentreClient(centre.url, centre.token) as client:
        assert client.get("/policies/current").text("version") == resources.policy().version
        later = resources.policy_source().replace(resources.policy().version, "2027.1")
        client.post("/policies", {"source": later}, "later")
    with EmbeddedCentre(tmp_path) as centre, CentreClient(centre.url, centre.token) as client:
        assert client.get("/policies/current").text("version") == "2027.1"
