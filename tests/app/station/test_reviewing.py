"""What a station refuses before it asks for a PIN; nothing of it is a try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.domain.refusal import Refused
from app.ledger import renewal
from app.ledger.approvers import Attempts
from app.ledger.owed import Due
from tests.app.ledger.fixtures import founded, station
from tests.app.ledger.station import Station
from tests.app.station.approver_desk import LIMITS, OMAR, RUTH, ApproverDesk
from tests.approvals.world import write_off

__all__ = ["founded", "station"]


@pytest.fixture
def desk(station: Station) -> Iterator[ApproverDesk]:
    with station.open() as ledger:
        found = ApproverDesk(station, ledger)
        found.join()
        found.enrol(RUTH)
        yield found


def refused(desk: ApproverDesk, *requests: Any, who: Any = RUTH) -> str:
    with pytest.raises(Refused) as no:
        desk.approving.approve(who, requests or [desk.request()])
    assert desk.approving.attempts(who.code) == Attempts()
    assert desk.kinds().count("approval.pin_failed") == 0
    return no.value.code


def test_without_a_certificate(desk: ApproverDesk) -> None:
    assert refused(desk, who=OMAR) == "approval.no_certificate"


def test_while_a_renewal_is_owed_and_again_after_it(desk: ApproverDesk) -> None:
    due = Due("0a" * 16, "restored", "0b" * 16)
    with desk.ledger.transaction() as tx:
        renewal.note(tx, due)
    assert refused(desk) == "approval.renewal"
    with pytest.raises(Refused, match="after the next sync"):
        desk.approving.confirm(RUTH)
    renewal.begin(desk.ledger, 2, [], desk.ledger.last_seq)
    assert len(desk.approving.approve(RUTH, [desk.request()])) == 1


def test_after_its_end(desk: ApproverDesk) -> None:
    desk.station.clock.forward(14 * 86_400)
    assert refused(desk) == "approval.ended"


def test_once_revoked(desk: ApproverDesk) -> None:
    desk.revoke("RUTH")
    assert refused(desk) == "approval.revoked"


def test_at_another_site(desk: ApproverDesk) -> None:
    desk.certify("RUTH", sites=frozenset({"WH2"}))
    assert refused(desk) == "approval.site"


def test_another_action(desk: ApproverDesk) -> None:
    assert refused(desk, desk.request(action="adjust")) == "approval.action"


def test_own_work(desk: ApproverDesk) -> None:
    assert refused(desk, desk.request(), desk.request(event=write_off(9, operator="ruth"))) == (
        "approval.own_work"
    )


def test_limits(desk: ApproverDesk) -> None:
    assert refused(desk, desk.request(value=20_001)) == "approval.limit"
    assert refused(desk, desk.request(value=15_001), desk.request(value=15_000)) == "approval.limit"
    assert refused(desk, desk.request(currency="EUR")) == "approval.currency"
    desk.certify("RUTH", limits=replace(LIMITS, count=2))
    assert refused(desk, *[desk.request() for _ in range(3)]) == "approval.limit"


def test_limits_count_what_was_given_before_until_the_next_certificate(desk: ApproverDesk) -> None:
    desk.approving.approve(RUTH, [desk.request(value=20_000)])
    assert refused(desk, desk.request(value=10_001)) == "approval.limit"
    desk.approving.approve(RUTH, [desk.request(value=10_000)])
    assert refused(desk, desk.request(value=1)) == "approval.limit"
    desk.station.clock.forward(86_400)
    desk.certify("RUTH")
    desk.approving.approve(RUTH, [desk.request(value=20_000)])
