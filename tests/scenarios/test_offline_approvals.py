"""A station approves with the centre away; both ends are the real ones, and so is what travels between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.approvals import Action, Certificate
from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.event import Event
from app.domain.refusal import Refused
from app.ledger import approvers
from app.station.approving import Approver, Approving, Means
from app.station.reviewing import Request
from sync.central.rules.access import Role
from sync.central.store.approval_keys import grant_key
from tests.app.vault.test_stretching import CHEAP
from tests.approvals.world import POLICY, ROOT, write_off
from tests.centre import RunningCentre, running_centre
from tests.scenarios.station_bench import StationBench
from tests.sync.central.approving import ASKED

RUTH = Approver("RUTH", "271829", b"badge of RUTH...")
PLACES = [
    {"code": code, "kind": kind, "name": code, "site": "WH1"}
    for code, kind in (("WH1", "site"), ("HOLD-3", "bin"))
]


class Desk:
    """One bench with an approver, and the centre that it sees now and then."""

    def __init__(self, folder: Path, centre: RunningCentre) -> None:
        self.centre, self.admin = centre, centre.as_(Role.ADMIN)
        self.admin.post("/locations", {"locations": PLACES})
        self.admin.post("/items", {"items": [{"sku": "K-17", "name": "Kettle", "value_minor": 1450}]})
        asked = {"name": "Bench 1", "site": "WH1", "owner": "ACME"}
        self.bench = StationBench(folder, centre, self.admin.post("/enrolment-codes", asked)["code"], 1)
        means = Means(CHEAP, b"p" * PEPPER_SIZE, frozenset(), centre.clock, self.bench._ids)
        self.approving = Approving(self.bench.ledger, means)
        self.made = dict(self.approving.enrol(RUTH))
        self.admin.post("/approvers", self.made | ASKED)
        self.bench.sync()

    def approved(self, number: int, event: Event | None = None) -> str:
        """A write-off that Ruth approves and the bench records; answers its id."""
        event = event or write_off(number)
        (approval,) = self.approving.approve(RUTH, [Request(event, Action.WRITE_OFF, 1450, "GBP", "broken")])
        self.bench.ledger.record(replace(event, approvals=(approval.to_json(),)))
        return event.event_id

    def verdicts(self) -> list[tuple[str, str]]:
        found: list[dict[str, Any]] = self.admin.get("/approvals")["approvals"]
        return [(entry["event_id"], entry["verdict"]) for entry in found]

    def cases(self) -> list[str]:
        found: list[dict[str, Any]] = self.admin.get("/exceptions", state="open")["exceptions"]
        return [entry["type"] for entry in found if entry["type"].startswith("appro")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running_centre(tmp_path, policy_key=POLICY) as centre:
        with centre.database.write() as conn:
            grant_key(conn, ROOT, POLICY, centre.clock.now())
        found = Desk(tmp_path, centre)
        yield found
        found.bench.close()
        assert found.admin.get("/audit")["violations"] == []


def test_what_was_approved_away_from_the_centre_stands_there_later(desk: Desk) -> None:
    ids = [desk.approved(number) for number in (1, 2)]
    assert desk.verdicts() == []
    desk.bench.sync()
    assert desk.verdicts() == [(event_id, "valid") for event_id in ids]
    assert desk.cases() == []
    day = desk.centre.clock.now().date().isoformat()
    found = desk.admin.get("/approvers/RUTH/digest", day=day)
    assert [entry["event_id"] for entry in found["approvals"]] == ids
    assert found["waiting"] == []
    journal = desk.centre.as_(Role.FINANCE).get("/journal")["entries"]
    assert {line["account"] for entry in journal for line in entry["lines"]} >= {"Expenses:WriteOff"}


def test_a_lost_badge_is_ended_and_what_it_signed_meanwhile_is_looked_at(desk: Desk) -> None:
    desk.approved(1)
    desk.bench.sync()
    desk.centre.as_(Role.SUPERVISOR).post("/approvers/RUTH/revoke", {"reason": "badge lost"})
    late = desk.approved(2)
    desk.bench.sync()
    assert desk.verdicts()[1] == (late, "review")
    assert desk.cases() == ["approval.review"]
    with pytest.raises(Refused) as no:
        desk.approved(3)
    assert no.value.code == "approval.revoked"


@pytest.mark.parametrize(
    ("less", "code"),
    [
        ({"single_minor": 1_000}, "approval.limit"),
        ({"actions": ["unlock"]}, "approval.action"),
        ({"sites": ["WH2"]}, "approval.site"),
    ],
)
def test_rights_that_were_withdrawn_end_with_the_next_sync(
    desk: Desk, less: dict[str, Any], code: str
) -> None:
    """What was approved before the bench heard of it stands; then the bench itself refuses it."""
    desk.admin.post(
        "/locations", {"locations": [{"code": "WH2", "kind": "site", "name": "B", "site": "WH2"}]}
    )
    first = desk.approved(1)
    desk.admin.post("/approvers", desk.made | ASKED | less)
    second = desk.approved(2)
    desk.bench.sync()
    assert desk.verdicts() == [(first, "valid"), (second, "valid")]
    with pytest.raises(Refused) as no:
        desk.approved(3)
    assert no.value.code == code


def test_a_write_off_that_nobody_signed_is_one_case(desk: Desk) -> None:
    desk.bench.ledger.record(write_off(1))
    desk.bench.sync()
    assert [verdict for _, verdict in desk.verdicts()] == ["invalid"]
    assert desk.cases() == ["approval.invalid"]


def test_certificates_are_renewed_with_each_days_first_sync(desk: Desk) -> None:
    def ends() -> Any:
        held = approvers.certified(desk.bench.ledger.connection, "RUTH")
        assert held is not None
        return Certificate.read(held.certificate).not_after

    first = ends()
    desk.bench.sync()
    assert ends() == first
    desk.centre.clock.forward(timedelta(days=2))
    desk.bench.sync()
    assert ends() - first >= timedelta(days=2)
    desk.approved(1)
    desk.bench.sync()
    assert [verdict for _, verdict in desk.verdicts()] == ["valid"]


def test_wrong_pins_are_seen_by_the_centre_which_unlocks(desk: Desk) -> None:
    wrong = replace(RUTH, pin="000001")
    request = Request(write_off(1), Action.WRITE_OFF, 1450, "GBP", "broken")
    for _ in range(8):
        desk.approving._tried_ms["RUTH"] = desk.centre.clock.monotonic_ms() - 10**7
        with pytest.raises(Refused):
            desk.approving.approve(wrong, [request])
    desk.bench.sync()
    assert desk.cases() == ["approver.locked"]
    asked = {"station_id": desk.bench.station_id}
    desk.centre.as_(Role.SUPERVISOR).post("/approvers/RUTH/unlock", asked)
    assert not desk.approving.unlock_by_centre("RUTH")
    desk.bench.sync()
    assert desk.approving.unlock_by_centre("RUTH")
    desk.approved(1)
    desk.bench.sync()
    assert desk.cases() == []
    day = desk.centre.clock.now().date().isoformat()
    assert desk.admin.get("/approvers/RUTH/digest", day=day)["pin"] == {"failed": 8, "locked": 1}
