"""What the feed says of approvers is taken in only when the pinned root vouches for it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals import PolicyKey, Revocation, RevocationList, Signed
from app.domain.approvals.known import Spent
from app.domain.approvals.unlock import Unlock
from app.domain.approvals.wrapping import WrappedKey
from app.domain.envelope import header_fields
from app.domain.feed import Change, Page
from app.domain.signing import Ed25519Signer
from app.ledger import approvers
from app.ledger.also import PinAttempt, SpendLimit
from app.ledger.approvers import Attempts
from app.ledger.mirror import apply_page, opaque_counts
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station
from tests.approvals.world import (
    DAY,
    GRANT,
    NOON,
    OMAR,
    OTHER_POLICY,
    OTHER_ROOT,
    POLICY,
    ROGUE,
    ROOT,
    RUTH,
    RUTHS,
)

Record = tuple[str, str, dict[str, object]]
OLD, NEW = Revocation("OMAR", OMAR.public_key, "left"), Revocation("RUTH", RUTH.public_key, "badge lost")


def tell(ledger: Ledger, *records: Record) -> None:
    pos = ledger.cursor.pos
    changes = tuple(
        Change(pos + n, kind, key, document) for n, (kind, key, document) in enumerate(records, 1)
    )
    apply_page(ledger, Page(1, pos + len(changes), changes))


def root(signer: Ed25519Signer = ROOT) -> Record:
    return "approval_root", "root", {"public_key": signer.public_key.hex()}


def certificate(signed: Signed, grant: Signed = GRANT) -> Record:
    document: dict[str, object] = {
        "certificate": signed.to_json(),
        "policy_key": grant.to_json(),
        "sites": ["WH1"],
    }
    return "approver_certificate", "RUTH", document


def listed(found: RevocationList, signer: Ed25519Signer = POLICY) -> Record:
    document: dict[str, object] = {"list": found.signed(signer).to_json(), "policy_key": GRANT.to_json()}
    return "revocation_list", "list", document


def unlocking(word: Unlock, signer: Ed25519Signer = POLICY) -> Record:
    document: dict[str, object] = {"unlock": word.signed(signer).to_json(), "policy_key": GRANT.to_json()}
    return "approval_unlock", f"{word.approver}|{word.station}", document


def test_the_first_root_is_pinned_for_good(ledger: Ledger) -> None:
    assert approvers.root_of(ledger.connection) is None
    tell(ledger, root())
    tell(ledger, root(OTHER_ROOT))
    assert approvers.root_of(ledger.connection) == ROOT.public_key


def test_a_certificate_is_taken_in_on_the_roots_word(ledger: Ledger) -> None:
    signed = RUTHS.signed(POLICY)
    tell(ledger, certificate(signed), root())
    found = approvers.certified(ledger.connection, "RUTH")
    assert found is not None
    assert (found.certificate, found.policy_key) == (signed, GRANT)
    assert opaque_counts(ledger) == {}
    assert approvers.certified(ledger.connection, "OMAR") is None


def test_one_that_nobody_vouches_for_changes_nothing(ledger: Ledger) -> None:
    tell(ledger, certificate(RUTHS.signed(POLICY)))
    assert approvers.certified(ledger.connection, "RUTH") is None
    other = PolicyKey(1, OTHER_POLICY.public_key, NOON - DAY, NOON + DAY).signed(OTHER_ROOT)
    tell(ledger, root(), certificate(RUTHS.signed(ROGUE)), certificate(RUTHS.signed(OTHER_POLICY), other))
    assert approvers.certified(ledger.connection, "RUTH") is None
    tell(ledger, ("approver_certificate", "RUTH", {"certificate": 7}))
    assert opaque_counts(ledger) == {"approver_certificate": 1}


def test_the_list_only_grows_and_every_event_says_how_far_it_was_known(
    station: Station, ledger: Ledger
) -> None:
    def known() -> int:
        return header_fields(ledger.record(station.arrival()).header).whole("rev_no")

    assert known() == 0
    tell(ledger, root(), listed(RevocationList((OLD,))))
    assert known() == 1
    tell(ledger, listed(RevocationList((OLD, NEW))))
    tell(ledger, listed(RevocationList((OLD,))), listed(RevocationList((NEW, OLD, OLD)), ROGUE))
    assert known() == 2
    assert approvers.revocations(ledger.connection).number_of(RUTH.public_key) == 2
    ledger.close()
    with station.open() as again:
        assert header_fields(again.record(station.arrival()).header).whole("rev_no") == 2


def test_the_centres_word_unlocks_only_when_it_is_the_centres(ledger: Ledger) -> None:
    word = Unlock("RUTH", ledger.head.station_id, 1)
    tell(ledger, root(), unlocking(word, ROGUE))
    assert approvers.unlock_told(ledger.connection, "RUTH", word.station) is None
    tell(ledger, unlocking(word))
    assert approvers.unlock_told(ledger.connection, "RUTH", word.station) == word
    assert approvers.unlock_of(ledger.connection, unlocking(replace(word, number=2))[2]) is not None
    assert approvers.unlock_of(ledger.connection, {"unlock": "please"}) is None


def test_what_was_sealed_spent_and_tried_is_kept(ledger: Ledger) -> None:
    assert not approvers.any_sealed(ledger.connection)
    key = WrappedKey("RUTH", "bench-1", bytes(32), bytes(16), bytes(12), bytes(48))
    approvers.keep_key(ledger, key, "ab")
    approvers.keep_key(ledger, replace(key, salt=b"1" * 16), "ab")
    assert approvers.sealed_key(ledger.connection, "RUTH") == replace(key, salt=b"1" * 16)
    assert approvers.sealed_key(ledger.connection, "OMAR") is None
    assert approvers.any_sealed(ledger.connection)
    assert approvers.attempts(ledger.connection, "RUTH") == Attempts()
    ledger.save([PinAttempt("RUTH", 3, True, 1), SpendLimit("c", 200), SpendLimit("c", 50)])
    assert approvers.attempts(ledger.connection, "RUTH") == Attempts(3, True, 1)
    assert approvers.spent(ledger.connection, "c") == Spent(250, 2)
    assert approvers.spent(ledger.connection, "d") == Spent()
