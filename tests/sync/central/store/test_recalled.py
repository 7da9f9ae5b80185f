"""What a station shows of revocations: taken up when it is proven, one case when it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.approvals import Revocation, RevocationList
from app.domain.signing import Ed25519Signer
from sync.central.store import approvers
from sync.central.store.approval_keys import issuer_of
from sync.central.store.recalled import recall
from tests.approvals.world import OMAR, POLICY, ROGUE, RUTH
from tests.sync.central.approving import Desk, desk_in

BOTH = RevocationList(
    (Revocation("RUTH", RUTH.public_key, "badge lost"), Revocation("GONE", ROGUE.public_key, "left"))
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        yield found


def shown(desk: Desk, document: Mapping[str, object], key: Ed25519Signer | None = POLICY) -> int:
    with desk.store.database.write() as conn:
        return recall(conn, issuer_of(conn, key), document, desk.bench.station_id, desk.store.clock.now())


def revoked(desk: Desk) -> list[str]:
    with desk.store.database.read() as conn:
        return [row.approver for row in approvers.entries(conn)]


def test_keys_that_were_forgotten_are_revoked_again_once(desk: Desk) -> None:
    document = BOTH.signed(POLICY).to_json()
    assert [shown(desk, document), shown(desk, document)] == [2, 0]
    # One of them was enrolled only after the backup: nobody here has that key, nor will have it.
    assert revoked(desk) == ["RUTH", "GONE"]
    with desk.store.database.read() as conn:
        active = [approvers.active(approvers.find(conn, code)) for code in ("RUTH", "OMAR")]
    assert active == [False, True]
    assert desk.cases() == []


def test_another_key_of_the_same_approver_goes_on(desk: Desk) -> None:
    older = RevocationList((Revocation("OMAR", ROGUE.public_key, "badge lost"),))
    assert shown(desk, older.signed(POLICY).to_json()) == 1
    with desk.store.database.read() as conn:
        omar = approvers.find(conn, "OMAR")
        assert omar is not None
        assert (omar.public_key, approvers.active(omar)) == (OMAR.public_key.hex(), True)


def test_a_policy_key_that_was_stolen_or_has_ended_ends_nobody(desk: Desk) -> None:
    stolen = Revocation("the policy key", POLICY.public_key, "stolen")
    with desk.store.database.write() as conn:
        issuer = issuer_of(conn, POLICY)
        assert issuer is not None
        approvers.revoke(conn, issuer, stolen, "kim", desk.store.clock.now())
    document = BOTH.signed(POLICY).to_json()
    assert shown(desk, document) == 0
    assert revoked(desk) == ["the policy key"]
    assert [kind for kind, _, _ in desk.cases()] == ["approver.revocations_unproven"]


def test_a_centre_whose_policy_key_has_ended_signs_nothing_with_it(desk: Desk) -> None:
    desk.store.clock.at += timedelta(days=400)
    assert shown(desk, BOTH.signed(POLICY).to_json()) == 0
    assert revoked(desk) == []


@pytest.mark.parametrize(
    ("document", "key"),
    [
        (BOTH.signed(ROGUE).to_json(), POLICY),
        (BOTH.signed(POLICY).to_json() | {"document": "no list"}, POLICY),
        ({"sig": 7}, POLICY),
        (BOTH.signed(POLICY).to_json(), None),
    ],
    ids=["signed by a stranger", "changed", "no document", "no policy key here"],
)
def test_what_nobody_can_prove_revokes_nobody_and_is_one_case(
    desk: Desk, document: Mapping[str, object], key: Ed25519Signer | None
) -> None:
    assert [shown(desk, document, key), shown(desk, document, key)] == [0, 0]
    assert revoked(desk) == []
    assert [kind for kind, _, _ in desk.cases()] == ["approver.revocations_unproven"]
