"""A station fetches a snapshot of its own site over HTTP, piece by piece; nobody else gets any."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from app.domain.feed import Cursor
from app.domain.refusal import Refused
from sync.central.rules.access import Role
from sync.client.snapshot import Expected, download, lines
from tests.approvals.world import ROOT
from tests.centre import RunningCentre
from tests.sync.central.api.signing import fence, joined, vouching_centre


def test_a_snapshot_is_fetched_and_proven(tmp_path: Path) -> None:
    with vouching_centre(tmp_path) as centre:
        way = joined(centre)
        centre.as_(Role.ADMIN).post("/items", {"items": [{"sku": f"K-{n}", "name": "K"} for n in range(40)]})
        said, _ = download(way, tmp_path / "side", Expected("WH1", ROOT.public_key))
        assert said.mirror.rows == len(list(lines(tmp_path / "side"))) > 40
        assert way.snapshot_piece(said.cursor, said.size).data == b""
        with pytest.raises(Refused):
            way.snapshot_piece(Cursor(said.cursor.gen, said.cursor.pos + 9), 0)
        way.close()


def test_strangers_and_those_shut_out_get_none(tmp_path: Path) -> None:
    with vouching_centre(tmp_path) as centre:
        way = joined(centre)
        assert httpx.get(f"{centre.base_url}/v1/sync/snapshot", timeout=30).status_code == 401
        assert httpx.get(f"{centre.base_url}/v1/sync/snapshot/1/1?offset=0", timeout=30).status_code == 401
        fence(centre)
        for ask in (way.snapshot, lambda: way.snapshot_piece(Cursor(1, 1), 0)):
            with pytest.raises(Refused) as no:
                ask()
            assert no.value.code == "station.fenced"
        way.close()


def test_without_a_policy_key_none_is_offered(centre: RunningCentre) -> None:
    way = joined(centre)
    with pytest.raises(Refused) as no:
        way.snapshot()
    assert no.value.code == "snapshot.none"
    way.close()
