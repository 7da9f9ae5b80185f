"""Enrolling, revoking, unlocking: by whom the key is, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.approvals import Signed
from app.domain.approvals.unlock import UNLOCK_TAG, Unlock
from app.domain.refusal import Refused
from sync.central.commands import approvers as commands
from sync.central.commands.approvers_asked import NewApprover, Unlocking
from sync.central.rules.outcomes import Conflict, Missing
from tests.approvals.world import POLICY, RUTH, STRANGER
from tests.sync.central.approving import Desk, asking, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def enrol(desk: Desk, asked: NewApprover) -> Any:
    return desk.act(lambda act: commands.enrol(act, desk.issuer(act), asked))


def unlock(desk: Desk, code: str, station: str) -> Any:
    return desk.act(lambda act: commands.unlock(act, desk.issuer(act), code, Unlocking(station_id=station)))


def test_whoever_enrols_has_the_key(desk: Desk) -> None:
    asked = asking("MAYA", STRANGER)
    assert enrol(desk, asked)["state"] == "active"
    other = asked.model_copy(update={"approver": "NOAH"})
    with pytest.raises(Refused) as no:
        enrol(desk, other)
    assert no.value.code == "approver.proof"


def test_a_site_that_nobody_knows_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused):
        enrol(desk, asking("MAYA", STRANGER, sites=["WH7"]))


def test_a_key_has_one_holder_and_an_approver_one_key(desk: Desk) -> None:
    with pytest.raises(Conflict) as no:
        enrol(desk, asking("MAYA", RUTH))
    assert no.value.code == "approver.key"
    with pytest.raises(Conflict) as no:
        enrol(desk, asking("RUTH", STRANGER))
    assert no.value.code == "approver.other_key"


def test_other_limits_are_certified_at_once(desk: Desk) -> None:
    before = desk.certificate("RUTH").digest
    assert enrol(desk, asking("RUTH", RUTH, single_minor=7))["single_minor"] == 7
    assert desk.certificate("RUTH").digest != before


def test_a_revoked_key_stays_revoked_and_a_new_one_may_follow(desk: Desk) -> None:
    assert desk.revoke("RUTH")["rev_no"] == 1
    with pytest.raises(Conflict) as no:
        desk.revoke("RUTH")
    assert no.value.code == "approver.revoked"
    with pytest.raises(Conflict) as no:
        enrol(desk, asking("RUTH", RUTH))
    assert no.value.code == "approver.key"
    assert enrol(desk, asking("RUTH", STRANGER))["state"] == "active"
    with pytest.raises(Missing):
        desk.revoke("NOAH")


def test_unlocking_is_signed_and_numbered(desk: Desk) -> None:
    station = desk.bench.station_id
    assert [unlock(desk, "RUTH", station)["number"] for _ in range(2)] == [1, 2]
    token = unlock(desk, "RUTH", station)["token"]
    signed = Signed.from_json(token["unlock"], "unlock")
    assert signed.holds(UNLOCK_TAG, POLICY.public_key)
    assert Unlock.read(signed) == Unlock("RUTH", station, 3)
    for code, where in (("NOAH", station), ("RUTH", "laptop")):
        with pytest.raises(Missing):
            unlock(desk, code, where)
    desk.revoke("RUTH")
    with pytest.raises(Conflict):
        unlock(desk, "RUTH", station)


def test_an_action_that_nobody_knows_is_no_action() -> None:
    with pytest.raises(ValidationError, match="override"):
        asking("RUTH", RUTH, actions=["write_off", "ovverride"])
