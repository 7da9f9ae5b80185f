"""Places: real ones, and the virtual ends beyond the walls."""

from __future__ import annotations

import pytest

from app.domain.place import TRANSIT_PREFIX, Location, LocationKind, Virtual, is_virtual, lane
from app.domain.refusal import Refused


@pytest.mark.parametrize("end", [*Virtual, TRANSIT_PREFIX + "WH1>WH2"])
def test_ends_and_lanes_are_virtual(end: str) -> None:
    assert is_virtual(end)


def test_a_bin_is_real() -> None:
    assert not is_virtual("R-03")


@pytest.mark.parametrize("kind", LocationKind)
@pytest.mark.parametrize("parent", [None, "WH1"])
def test_locations_round_trip(kind: LocationKind, parent: str | None) -> None:
    place = Location("R-03", kind, "Restock tote", "WH1", parent)
    assert Location.from_json(place.to_json()) == place


def test_a_real_place_never_looks_like_an_end() -> None:
    with pytest.raises(Refused, match=r"'@scrap'.*does not begin with @") as no:
        Location("@scrap", LocationKind.BIN, "Bin", "WH1")
    assert no.value.code == "location.virtual"


def test_an_unknown_kind_is_refused_with_those_that_exist() -> None:
    record = Location("R-03", LocationKind.TOTE, "Tote", "WH1").to_json()
    with pytest.raises(Refused, match=r"'shelf'.*site, zone, bin") as no:
        Location.from_json(record | {"kind": "shelf"})
    assert no.value.code == "location.kind"


@pytest.mark.parametrize("part", ["code", "kind", "name", "site"])
def test_a_location_needs_its_parts(part: str) -> None:
    record = Location("R-03", LocationKind.TOTE, "Tote", "WH1").to_json()
    del record[part]
    with pytest.raises(Refused, match=f"location: field '{part}' holds nothing"):
        Location.from_json(record)


def test_a_lane_is_an_end_of_its_own_for_each_pair_of_sites() -> None:
    assert lane("WH1", "WH2") == "@transit:WH1>WH2"
    assert is_virtual(lane("WH2", "WH1"))
