"""What a station is shown of the audit trail, as it travels."""

from __future__ import annotations

import pytest

from app.domain.approvals import Signed
from app.domain.fields import Fields
from app.domain.merkle import Tree
from app.domain.refusal import Refused
from sync.wire.trail import MOST_STEPS, Holding, Shown, checkpoint_target

SIGNED = Signed(b"{}", b"s" * 64)
GRANT = Signed(b'{"v":1}', b"g" * 64)


def read(told: dict[str, object]) -> Shown:
    return Shown.from_json(Fields(told, "it"))


def test_what_is_said_is_read() -> None:
    shown = Shown(SIGNED, GRANT, (b"a" * 32, b"b" * 32), ())
    assert read(shown.to_json()) == shown
    assert read(Shown(None).to_json()) == Shown(None)
    sizes = "/v1/sync/checkpoint?feed=3&receipts=4"
    feed, receipts = Tree(3, b"f" * 32), Tree(4, b"r" * 32)
    # Where none is held, only sizes are said, as before.
    assert checkpoint_target(Holding(feed, receipts)) == sizes
    said = checkpoint_target(Holding(feed, receipts, gen=2, number=7))
    assert said == f"{sizes}&gen=2&number=7&feed_root={'66' * 32}&receipts_root={'72' * 32}"


@pytest.mark.parametrize("path", [["00"], ["zz" * 32], ["00" * 32] * (MOST_STEPS + 1)])
def test_a_proof_that_is_none_is_refused(path: list[str]) -> None:
    with pytest.raises(Refused):
        read(Shown(SIGNED, GRANT).to_json() | {"feed": path})
