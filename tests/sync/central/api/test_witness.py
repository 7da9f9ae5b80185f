"""A station asks for the newest checkpoint and is shown that it goes on from the one it holds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.domain.checkpoint import Checkpoint, Found, Proofs, compare
from app.domain.merkle import Tree
from app.domain.refusal import Refused
from sync.central.rules.access import Role
from sync.central.upkeep import tick
from sync.wire.trail import Holding, Shown
from tests.sync.central.api.signing import fence, joined, vouching_centre


def test_the_newest_is_shown_with_proofs_from_what_the_station_holds(tmp_path: Path) -> None:
    with vouching_centre(tmp_path) as centre:
        way = joined(centre)
        assert way.checkpoint(Holding()) == Shown(None)
        known = None
        for day in range(3):
            centre.as_(Role.ADMIN).post("/items", {"items": [{"sku": f"K-{day}", "name": "Kettle"}]})
            tick(centre.centre)
            shown = way.checkpoint(Holding(known.feed, known.receipts) if known else Holding())
            assert shown.checkpoint is not None
            told = Checkpoint.read(shown.checkpoint)
            assert compare(known, told, Proofs(shown.feed, shown.receipts)) == (Found.HELD, "")
            known = told
            centre.clock.forward(timedelta(days=1))
        # A station that holds more than the centre is shown the checkpoint, and no proof could mend it.
        beyond = way.checkpoint(Holding(Tree(9_999), Tree(9_999)))
        assert (beyond.checkpoint, beyond.feed, beyond.receipts) == (shown.checkpoint, (), ())
        way.close()


def test_strangers_and_those_shut_out_are_shown_nothing(tmp_path: Path) -> None:
    with vouching_centre(tmp_path) as centre:
        way = joined(centre)
        asked = httpx.get(
            f"{centre.base_url}/v1/sync/checkpoint", params={"feed": 0, "receipts": 0}, timeout=30
        )
        assert asked.status_code == 401
        fence(centre)
        with pytest.raises(Refused) as no:
            way.checkpoint(Holding())
        assert no.value.code == "station.fenced"
        way.close()
