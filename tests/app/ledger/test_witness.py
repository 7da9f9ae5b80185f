"""Checkpoints at a station: what is held, what is thinned out, and what is put on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.approvals import PolicyKey, Signed
from app.domain.checkpoint import Checkpoint, Found, Proofs, receipt_leaf
from app.domain.envelope import event_of
from app.domain.feed import Change, Page
from app.domain.merkle import Growing, Tree, consistency, perfect
from app.domain.signing import Ed25519Signer
from app.ledger import mirror, witness
from app.ledger.audit import audit
from app.ledger.outbox import pending
from app.ledger.writer import Ledger
from tests.app.ledger.station import everything
from tests.approvals.world import OTHER_POLICY, POLICY, ROOT

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
GRANT = PolicyKey(1, POLICY.public_key, AT, AT.replace(year=2027)).signed(ROOT)
LEAVES = [receipt_leaf(str(n), "s", "t") for n in range(9)]
NOTHING = Proofs()
SEEN = "2026-11-22T10:00:00.000Z"


def tree(size: int) -> Tree:
    growing = Growing()
    for leaf in LEAVES[:size]:
        growing.add(leaf)
    return growing.tree


def said(number: int, size: int, **parts: object) -> Checkpoint:
    whole = Checkpoint(number, AT, False, "c" * 32, 1, tree(size), tree(size), "")
    return replace(whole, **parts)  # type: ignore[arg-type]  # parts are given by name


def proofs(old: int, new: int) -> Proofs:
    path = consistency(old, new, lambda level, n: perfect(LEAVES[n << level : (n + 1) << level]))
    return Proofs(path, path)


@pytest.fixture
def rooted(ledger: Ledger) -> Ledger:
    """A station that has pinned the root."""
    pins = {"public_key": ROOT.public_key.hex()}
    mirror.apply_page(ledger, Page(1, 1, (Change(1, "approval_root", "root", pins),)))
    return ledger


def take(
    ledger: Ledger, told: Checkpoint, shown: Proofs = NOTHING, *, signer: Ed25519Signer = POLICY, n: int = 1
) -> tuple[Found, str] | None:
    signed = told.signed(signer)
    at = (SEEN, f"0192e4c5-0000-7000-8000-{n:012d}")
    return witness.take(ledger, Signed(signed.document, signed.sig), GRANT, shown, at)


def test_nothing_is_believed_before_a_root_is_pinned(ledger: Ledger) -> None:
    assert take(ledger, said(1, 2)) is None
    assert witness.newest(ledger.connection) is None


def test_what_goes_on_is_held_and_only_the_newest_and_each_day_stay(rooted: Ledger) -> None:
    assert take(rooted, said(1, 2, daily=True)) == (Found.HELD, "")
    assert take(rooted, said(2, 3), proofs(2, 3)) == (Found.HELD, "")
    assert take(rooted, said(2, 3), Proofs()) == (Found.SAME, "")
    assert take(rooted, said(4, 9), proofs(3, 9)) == (Found.HELD, "")
    assert witness.newest(rooted.connection) == said(4, 9)
    assert sorted(row[1] for row in everything(rooted)["checkpoint"]) == [1, 4]
    assert not witness.differences(rooted.connection)


def test_what_nobody_trusted_signed_is_never_held_and_recorded_once(rooted: Ledger) -> None:
    for n in range(1, 4):
        assert take(rooted, said(n, 2), signer=OTHER_POLICY, n=n) == (Found.DIFFERS, witness.UNSIGNED)
    assert witness.newest(rooted.connection) is None
    (sent,) = pending(rooted, 10)
    body = event_of(sent).body
    assert (sent.kind, body["why"], body["known"]) == ("checkpoint.differed", witness.UNSIGNED, None)
    assert Checkpoint.read(Signed.from_json(body["told"], "it")) == said(1, 2)
    (difference,) = witness.differences(rooted.connection)
    assert str(difference) == f"a checkpoint, {SEEN}: {witness.UNSIGNED}"
    # The very bytes that are held, badly signed, take nothing from what is held, and are news again.
    take(rooted, said(1, 4))
    take(rooted, said(1, 4), signer=OTHER_POLICY, n=8)
    assert witness.newest(rooted.connection) == said(1, 4)
    assert len(list(pending(rooted, 10))) == 2
    # It keeps no contradiction that is signed from the record.
    take(rooted, said(2, 2), n=9)
    assert len(list(pending(rooted, 10))) == 3
    assert audit(rooted).clean


def test_a_centre_that_goes_on_contradicting_is_reported_once_for_what_is_held(rooted: Ledger) -> None:
    take(rooted, said(1, 4))
    for number in range(2, 7):
        found = take(rooted, said(number, 9, feed=tree(8)), proofs(4, 9), n=number)
        assert found is not None
        assert found[0] is Found.DIFFERS
        assert found[1]
    assert len(list(pending(rooted, 10))) == 1
    assert take(rooted, said(7, 5), proofs(4, 5)) == (Found.HELD, "")
    for number in (8, 9):
        take(rooted, said(number, 9, feed=tree(8)), proofs(5, 9), n=number)
    assert len(list(pending(rooted, 10))) == 2
    assert len(witness.differences(rooted.connection)) == 2


def test_a_contradiction_is_kept_and_recorded_once_with_both_sides(rooted: Ledger) -> None:
    take(rooted, said(1, 4))
    told = said(2, 9, feed=tree(8))
    found = take(rooted, told, proofs(4, 9))
    assert found is not None
    assert found[0] is Found.DIFFERS
    assert take(rooted, told, proofs(4, 9), n=2) == (Found.DIFFERS, "")
    (sent,) = pending(rooted, 10)
    body = event_of(sent).body
    assert (sent.kind, body["why"]) == ("checkpoint.differed", found[1])
    assert Checkpoint.read(Signed.from_json(body["told"], "it")) == told
    assert Checkpoint.read(Signed.from_json(body["known"], "it")) == said(1, 4)
    # What was held stays what is asked from.
    assert witness.newest(rooted.connection) == said(1, 4)
    (difference,) = witness.differences(rooted.connection)
    assert str(difference) == f"checkpoint 2, {SEEN}: {found[1]}"
    assert audit(rooted).clean


def test_a_report_that_was_broken_off_is_made_up_for(rooted: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    take(rooted, said(1, 4))
    with monkeypatch.context() as away:
        away.setattr(witness, "report", lambda _ledger: 0)
        take(rooted, said(2, 2))
    assert list(pending(rooted, 10)) == []
    assert witness.report(rooted) == 1
    assert witness.report(rooted) == 0
    assert [sent.kind for sent in pending(rooted, 10)] == ["checkpoint.differed"]


def test_a_restored_centre_is_followed_and_recorded_with_both_sides(rooted: Ledger) -> None:
    take(rooted, said(5, 9))
    found = take(rooted, said(3, 2, feed_gen=2))
    assert found is not None
    assert found[0] is Found.RESTARTED
    assert take(rooted, said(4, 4, feed_gen=2), proofs(2, 4), n=2) == (Found.HELD, "")
    (difference,) = witness.differences(rooted.connection)
    assert "the centre was restored" in str(difference)
    (sent,) = pending(rooted, 10)
    body = event_of(sent).body
    assert (sent.kind, body["why"]) == ("checkpoint.differed", found[1])
    before, anew = said(5, 9).signed(POLICY), said(3, 2, feed_gen=2).signed(POLICY)
    assert body["restarted"] == {"feed_gen": 2, "known": before.digest, "told": anew.digest}
    assert (body["known"], body["told"]) == (before.to_json(), anew.to_json())
    assert audit(rooted).clean


def test_each_generation_that_begins_anew_is_recorded_and_one_that_goes_on_is_not(rooted: Ledger) -> None:
    take(rooted, said(1, 4))
    assert take(rooted, said(2, 9, feed_gen=2), proofs(4, 9)) == (Found.HELD, "")
    assert list(pending(rooted, 10)) == []
    for gen in (3, 4):
        found = take(rooted, said(1, 3, feed_gen=gen, feed=tree(gen)), n=gen)
        assert found is not None
        assert found[0] is Found.RESTARTED
    told = [event_of(sent).body["restarted"] for sent in pending(rooted, 10)]
    assert [one["feed_gen"] for one in told if isinstance(one, dict)] == [3, 4]


def test_a_report_of_a_restart_that_was_broken_off_still_names_what_was_held(
    rooted: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(rooted, said(5, 9))
    with monkeypatch.context() as away:
        away.setattr(witness, "report", lambda _ledger: 0)
        take(rooted, said(3, 2, feed_gen=2))
    assert list(pending(rooted, 10)) == []
    take(rooted, said(4, 4, feed_gen=2), proofs(2, 4), n=2)
    (sent,) = pending(rooted, 10)
    assert event_of(sent).body["known"] == said(5, 9).signed(POLICY).to_json()
