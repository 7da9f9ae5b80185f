"""Words on units over HTTP: by their role, at their site, once for each key."""

from __future__ import annotations

from sync.central.rules.access import Role
from tests.centre import RunningCentre


def test_what_is_nowhere_is_not_found_and_roles_are_kept(centre: RunningCentre) -> None:
    supervisor, service = centre.as_(Role.SUPERVISOR), centre.as_(Role.SERVICE)
    at = {"at": "2026-11-22T10:41:07Z"}
    word = {"disposition": "restock", "reason": "seen"} | at
    assert supervisor.send("/units/L07-1-X/disposition", word).status_code == 404
    assert service.send("/units/L07-1-X/disposition", word).status_code == 403
    assert service.send("/units/H07-1-X/name", {"sku": "A"} | at).status_code == 404
    assert supervisor.send("/units/L07-1-X/reverse", {"reason": "r"} | at).status_code == 404
    assert service.get("/units/unidentified") == {"units": [], "next": None}
    assert supervisor.send("/units/L07-1-X/disposition", {"disposition": "restock"} | at).status_code == 422
