from __future__ import annotations

import json

import pytest

from app.domain.refusal import Refused
from app.ledger.identity import StationIdentity

IDENTITY = StationIdentity("5f0c1d9e2b7a4c3d8e6f001122334455", 1, "07", "WH1", "ACME", "Bench 07")


def test_identity_survives_storage() -> None:
    assert StationIdentity.from_json(json.loads(json.dumps(IDENTITY.to_json()))) == IDENTITY


@pytest.mark.parametrize("name", ["station_id", "epoch", "bench", "site", "owner", "name"])
def test_a_missing_part_is_refused_by_name(name: str) -> None:
    data = {key: value for key, value in IDENTITY.to_json().items() if key != name}
    with pytest.raises(Refused, match=name):
        StationIdentity.from_json(data)
