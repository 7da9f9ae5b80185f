"""Lines and names of what stands in a TOML text."""

from __future__ import annotations

import pytest

from sync.central.rules.allocation_policy.places import Path, Places

TEXT = """version = "1"
[channel.default]
claim = "hard"
  [ channel."click & collect" ]
  'fill' = "partial"
[[allotment]]
qty = 1
[[ allotment ]]
qty = 2
[allotment.spill]
unused_after_hours = 3
[category.toys]
exposure.inbound = true
exposure.transfers = true
"""


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (("version",), "p.toml, line 1, version"),
        (("channel", "default"), "p.toml, line 2, channel.default"),
        (("channel", "default", "claim"), "p.toml, line 3, channel.default.claim"),
        (("channel", "click & collect"), "p.toml, line 4, channel.click & collect"),
        (("channel", "click & collect", "fill"), "p.toml, line 5, channel.click & collect.fill"),
        (("allotment", 1), "p.toml, line 6, allotment 1"),
        (("allotment", 1, "qty"), "p.toml, line 7, allotment 1.qty"),
        (("allotment", 2, "qty"), "p.toml, line 9, allotment 2.qty"),
        (
            ("allotment", 2, "spill", "unused_after_hours"),
            "p.toml, line 11, allotment 2.spill.unused_after_hours",
        ),
        (("category", "toys", "exposure"), "p.toml, line 13, category.toys.exposure"),
        (("category", "toys", "exposure", "transfers"), "p.toml, line 14, category.toys.exposure.transfers"),
    ],
)
def test_a_key_has_its_line(path: Path, says: str) -> None:
    assert Places("p.toml", TEXT).where(path) == says


def test_what_is_not_there_belongs_to_the_table_around_it_or_to_the_file() -> None:
    places = Places("p.toml", TEXT)
    assert places.where(("channel", "default", "fill")) == "p.toml, line 2, channel.default.fill"
    assert places.where(("basket", "most_units")) == "p.toml, basket.most_units"
    assert places.where(()) == "p.toml"
