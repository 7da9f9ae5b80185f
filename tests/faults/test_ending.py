"""The station is closed while it speaks with the centre: what was half said is said again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sync.toll import Passage, Reply
from tests.sync.world import Site, World, received


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "cut off"])
@pytest.mark.parametrize("word", ["/hello", "/events", "/changes"])
def test_a_station_that_is_closed_in_the_middle_of_a_sync_goes_on_with_the_next(
    world: World, word: str, answered: bool
) -> None:
    site = world.site()
    site.work(3)

    def close(passage: Passage, forward: Callable[[Passage], Reply]) -> Reply | None:
        site.client.stop()
        reply = forward(passage)
        return reply if answered else None

    world.toll.next(word, close)
    site.sync()
    assert site.client.tick(world.clock.now()) > 0, "a stopped client asks nothing more"
    asked = len(world.toll.seen)
    site.client.tick(world.clock.now())
    assert len(world.toll.seen) == asked
    _again(site)
    site.work(1)
    site.sync(ticks=2)
    world.agreed(site)
    assert received(world, site) == ["posted"] * 4


def _again(site: Site) -> None:
    site.close()
    site.open()
