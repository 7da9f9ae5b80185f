"""A checkpoint is read back as it was signed, and its leaves change with everything they stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.approvals import Signed
from app.domain.approvals.signed import sign
from app.domain.checkpoint import (
    CHECKPOINT_TAG,
    Checkpoint,
    FeedEntry,
    Found,
    Proofs,
    compare,
    receipt_leaf,
)
from app.domain.merkle import Growing, Tree, consistency, perfect
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer

SIGNER = Ed25519Signer(b"the policy key of these tests 32")
SAID = Checkpoint(
    number=7,
    at=datetime(2026, 3, 1, tzinfo=UTC),
    daily=True,
    centre_id="c" * 32,
    feed_gen=2,
    feed=Tree(9, b"f" * 32),
    receipts=Tree(4, b"r" * 32),
    previous="p" * 64,
)
ENTRY = FeedEntry(4, 1, "item", "K-17", '{"name":"Krug ü"}', "e-1")


def test_what_was_signed_is_read_back() -> None:
    signed = SAID.signed(SIGNER)
    assert signed.holds(CHECKPOINT_TAG, SIGNER.public_key)
    assert Checkpoint.read(Signed.from_json(signed.to_json(), "it")) == SAID
    assert Checkpoint.read(replace(SAID, daily=False, previous="").signed(SIGNER)).previous == ""


def test_a_root_of_another_length_is_refused() -> None:
    with pytest.raises(Refused, match="root"):
        Checkpoint.read(replace(SAID, feed=Tree(1, b"short")).signed(SIGNER))
    with pytest.raises(Refused, match="number"):
        Checkpoint.read(sign({"at": "now"}, CHECKPOINT_TAG, SIGNER))


@pytest.mark.parametrize(
    "other",
    [
        replace(ENTRY, pos=5),
        replace(ENTRY, gen=2),
        replace(ENTRY, kind="rma"),
        replace(ENTRY, key="K-18"),
        replace(ENTRY, document='{"name":"Krug"}'),
        replace(ENTRY, event_id=None),
    ],
)
def test_every_part_of_a_position_counts(other: FeedEntry) -> None:
    assert other.leaf != ENTRY.leaf


def test_every_part_of_a_receipt_counts() -> None:
    assert len({receipt_leaf(*parts) for parts in (("a", "b", "c"), ("x", "b", "c"), ("a", "x", "c"))}) == 3
    assert receipt_leaf("a", "b", "c") != receipt_leaf("a", "b", "x")


LEAVES = [ENTRY.leaf, receipt_leaf("a", "b", "c"), receipt_leaf("d", "e", "f"), receipt_leaf("g", "h", "i")]


def tree(size: int, leaves: list[bytes] = LEAVES) -> Tree:
    growing = Growing()
    for leaf in leaves[:size]:
        growing.add(leaf)
    return growing.tree


def proofs(old: int, new: int) -> Proofs:
    def nodes(level: int, number: int) -> bytes:
        return perfect(LEAVES[number << level : (number + 1) << level])

    path = consistency(old, new, nodes)
    return Proofs(path, path)


def said(number: int, size: int, **parts: object) -> Checkpoint:
    whole: dict[str, object] = {"number": number, "feed": tree(size), "receipts": tree(size), "feed_gen": 1}
    return replace(SAID, **(whole | parts))  # type: ignore[arg-type]  # parts are given by name


def test_a_checkpoint_that_goes_on_is_held() -> None:
    assert compare(None, said(1, 2), Proofs()) == (Found.HELD, "")
    assert compare(said(1, 2), said(1, 2), Proofs()) == (Found.SAME, "")
    assert compare(said(1, 2), said(2, 4), proofs(2, 4)) == (Found.HELD, "")
    assert compare(said(1, 2), said(2, 2), Proofs()) == (Found.HELD, "")
    # Restored from a copy that was newer than what is known here.
    assert compare(said(5, 2), said(3, 4, feed_gen=2), proofs(2, 4)) == (Found.HELD, "")


def test_a_restored_centre_begins_anew_and_is_noted() -> None:
    found, why = compare(said(5, 4), said(3, 2, feed_gen=2), Proofs())
    assert found is Found.RESTARTED
    assert why.startswith("the feed was 4 long and is 2")


@pytest.mark.parametrize(
    ("told", "shown", "expected"),
    [
        (said(2, 4), Proofs(), "the feed was 2 long and is 4"),
        (said(2, 4, feed=tree(4, LEAVES[::-1])), proofs(2, 4), "the feed was 2 long and is 4"),
        (said(2, 4, receipts=tree(4, LEAVES[::-1])), proofs(2, 4), "what was received was 2 long and is 4"),
        (said(2, 1), Proofs(), "the feed was 2 long and is 1"),
        (said(2, 4, centre_id="another"), proofs(2, 4), "it is another centre's"),
        (said(2, 4, feed_gen=0), proofs(2, 4), "it is of generation 0, generation 1 was told"),
        (said(1, 4), proofs(2, 4), "it is number 1, number 1 was told otherwise"),
    ],
)
def test_one_that_contradicts_says_how(told: Checkpoint, shown: Proofs, expected: str) -> None:
    found, why = compare(said(1, 2), told, shown)
    assert (found, why.startswith(expected)) == (Found.DIFFERS, True), why
