"""Certificates: issued, renewed with a sync a day later, told to stations of their sites, ended for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.approvals import CERTIFICATE_TAG, REVOCATION_TAG, Certificate, RevocationList, Signed
from app.domain.feed import Cursor
from sync.central.commands.catalogue import put_locations
from sync.central.store import approvers
from sync.central.store.approval_keys import issuer_of
from sync.central.store.pages import page_after
from sync.central.store.tables import approver_certificate
from tests.approvals.world import OMAR, POLICY, RUTH
from tests.sync.central.approving import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def renewed(desk: Desk, site: str = "WH1") -> int:
    with desk.store.database.write() as conn:
        return approvers.renew(conn, issuer_of(conn, POLICY), site, desk.store.clock.now())


def told(desk: Desk, site: str, kind: str) -> list[str]:
    with desk.store.database.read() as conn:
        page = page_after(conn, Cursor(0, 0), 1000, site=site)
    return [change.key for change in page.changes if change.kind == kind]


def test_a_certificate_says_what_the_approver_may(desk: Desk) -> None:
    signed = desk.certificate("RUTH")
    certificate = Certificate.read(signed)
    assert signed.holds(CERTIFICATE_TAG, POLICY.public_key)
    assert certificate.public_key == RUTH.public_key
    assert (certificate.sites, certificate.limits.single) == (frozenset({"WH1"}), 20_000)
    assert certificate.not_after - certificate.not_before == timedelta(days=14)


def test_it_is_renewed_with_the_first_sync_of_each_day(desk: Desk) -> None:
    assert renewed(desk) == 0
    desk.store.clock.at += timedelta(days=1)
    assert renewed(desk, "WH2") == 0
    assert renewed(desk) == 2
    assert renewed(desk) == 0
    assert len(desk.ask(select(approver_certificate))) == 4


def test_a_revoked_approver_is_certified_no_more(desk: Desk) -> None:
    desk.revoke("RUTH")
    desk.store.clock.at += timedelta(days=1)
    assert renewed(desk) == 1


def test_without_a_policy_key_nothing_is_renewed(desk: Desk) -> None:
    desk.store.clock.at += timedelta(days=2)
    with desk.store.database.write() as conn:
        assert approvers.renew(conn, None, "WH1", desk.store.clock.now()) == 0
    desk.store.clock.at += timedelta(days=400)
    assert renewed(desk) == 0


def test_no_certificate_outlives_its_policy_key(desk: Desk) -> None:
    desk.store.clock.at += timedelta(days=360)
    assert renewed(desk) == 2
    certificate = Certificate.read(desk.certificate("RUTH"))
    assert certificate.not_after - certificate.not_before == timedelta(days=6)


def test_only_stations_of_its_sites_are_told(desk: Desk) -> None:
    assert told(desk, "WH1", "approver_certificate") == ["RUTH", "OMAR"]
    assert told(desk, "WH2", "approver_certificate") == []
    assert told(desk, "WH2", "policy_key") == ["1"]


def test_the_revocation_list_grows_and_is_signed(desk: Desk) -> None:
    desk.revoke("RUTH")
    desk.revoke("OMAR")
    with desk.store.database.read() as conn:
        (newest,) = [
            change.document
            for change in page_after(conn, Cursor(0, 0), 1000).changes
            if change.kind == "revocation_list"
        ][-1:]
        assert approvers.last_number(conn) == 2
        assert approvers.was_revoked(conn, RUTH.public_key.hex())
    assert newest is not None
    signed = Signed.from_json(newest["list"], "list")
    assert signed.holds(REVOCATION_TAG, POLICY.public_key)
    assert RevocationList.read(signed).number_of(OMAR.public_key) == 2
    assert told(desk, "WH2", "revocation_list") == ["list", "list"]


def test_the_same_certificate_twice_within_a_millisecond_is_one(desk: Desk) -> None:
    with desk.store.database.write() as conn:
        issuer, row = issuer_of(conn, POLICY), approvers.find(conn, "RUTH")
        assert issuer is not None
        signed = [approvers.issue(conn, issuer, row, desk.store.clock.now()) for _ in range(2)]
    assert signed[0] == signed[1] == desk.certificate("RUTH")


def test_a_site_that_an_approver_left_is_told_while_a_certificate_for_it_lives(desk: Desk) -> None:
    other = {"code": "WH2", "kind": "site", "name": "Other", "site": "WH2"}
    desk.act(lambda act: put_locations(act, [other]))
    desk.enrol("RUTH", sites=["WH2"])
    assert told(desk, "WH1", "approver_certificate") == ["RUTH", "OMAR", "RUTH"]
    assert told(desk, "WH2", "approver_certificate") == ["RUTH"]
    assert Certificate.read(desk.certificate("RUTH")).sites == {"WH2"}
    desk.store.clock.at += timedelta(days=14)
    desk.enrol("RUTH", sites=["WH2"])
    assert told(desk, "WH1", "approver_certificate") == ["RUTH", "OMAR", "RUTH"]
    assert told(desk, "WH2", "approver_certificate") == ["RUTH", "RUTH"]
