"""A snapshot's manifest is read back as it was signed; its lines become pages in their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.approvals import Signed
from app.domain.feed import Change, Cursor, Page
from app.domain.refusal import Refused
from app.domain.signing import Ed25519Signer
from app.domain.snapshot import SNAPSHOT_TAG, Snapshot, Table, line_of, pages_of

SIGNER = Ed25519Signer(b"the policy key of these tests 32")
SAID = Snapshot("c", "WH1", Cursor(2, 9), 77, "a" * 64, Table(3, "b" * 64))
LINES = [line_of(pos, "item", f"K-{pos}", '{"n":1.5}') for pos in (2, 5, 8)]


def test_what_was_signed_is_read_back() -> None:
    signed = SAID.signed(SIGNER)
    assert signed.holds(SNAPSHOT_TAG, SIGNER.public_key)
    assert Snapshot.read(Signed.from_json(signed.to_json(), "it")) == SAID
    with pytest.raises(Refused, match="schema 2"):
        Snapshot.read(replace(SAID, schema=2).signed(SIGNER))


def test_lines_become_pages_that_end_where_the_snapshot_is() -> None:
    one, two, three = (Change(pos, "item", f"K-{pos}", {"n": 1.5}) for pos in (2, 5, 8))
    assert list(pages_of(SAID, LINES, 2)) == [Page(2, 5, (one, two), more=True), Page(2, 9, (three,))]
    assert list(pages_of(SAID, [], 2)) == [Page(2, 9)]


@pytest.mark.parametrize(
    "lines",
    [
        LINES[::-1],
        [LINES[0], LINES[0]],
        [line_of(10, "item", "K", "{}")],
        [line_of(1, "item", "K", "[]")],
        [line_of(1, "item", "K", "no json")],
        [b"no json\n"],
    ],
)
def test_lines_that_are_none_or_out_of_order_are_refused(lines: list[bytes]) -> None:
    with pytest.raises(Refused):
        list(pages_of(SAID, lines, 10))
