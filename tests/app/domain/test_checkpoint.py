"""A checkpoint is read back as it was signed, and its leaves change with everything they stand for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.approvals import Signed
from app.domain.approvals.signed import sign
from app.domain.checkpoint import CHECKPOINT_TAG, Checkpoint, FeedEntry, receipt_leaf
from app.domain.merkle import Tree
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
