"""What is said of snapshots, as it travels."""

from __future__ import annotations

import pytest

from app.domain.approvals import Signed
from app.domain.feed import Cursor
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire.snapshots import MAX_PIECE, Offered, Piece, piece_target


def test_what_is_said_is_read() -> None:
    offered = Offered(Signed(b"{}", b"s" * 64), Signed(b'{"v":1}', b"g" * 64))
    assert Offered.from_json(Fields(offered.to_json(), "it")) == offered
    for data in (b"", b"\x00\xff"):
        assert Piece.from_json(Fields(Piece(data).to_json(), "it")) == Piece(data)
    assert piece_target(Cursor(2, 9), 7) == "/v1/sync/snapshot/2/9?offset=7"


def test_a_piece_that_is_none_is_refused() -> None:
    for told in ({"data": "%"}, Piece(bytes(MAX_PIECE + 1)).to_json()):
        with pytest.raises(Refused):
            Piece.from_json(Fields(told, "it"))
