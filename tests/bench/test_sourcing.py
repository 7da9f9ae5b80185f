"""The sourcing figures at their smallest."""

from __future__ import annotations

from tests.bench import sourcing


def test_each_way_tells_its_cost_its_lines_and_its_time() -> None:
    told = list[str]()
    found = {
        figure.name: figure
        for figure in sourcing.measure(
            sourcing.Size(orders=12, rounds=1, quick_s=0.2, long_s=0.2), told.append
        )
    }
    assert set(found) == {
        f"sourcing.{way}{what}" for way in ("strict", "quick", "long") for what in ("", ".lines", ".time")
    }
    assert found["sourcing.long"].ours["cost"] <= found["sourcing.strict"].ours["cost"]
    assert found["sourcing.long.lines"].ours["value"] >= found["sourcing.strict.lines"].ours["value"]
    # The targets belong to the whole instance.
    assert all(not figure.targets for figure in found.values())
    assert len(told) == 2
