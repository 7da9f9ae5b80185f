"""When a person is told that the disk fills, and what goes on meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.policy.asides import NoPhoto
from app.station.photos import PhotoStore
from app.station.setup import Shot
from app.station.space import Space, space_of
from app.workflows.view import BandState
from tests.app.station.bench_world import GOOD_KETTLE, RMA, BenchWorld

GIB, MIB = 2**30, 2**20


@pytest.mark.parametrize(
    ("free", "total", "low"),
    [
        (2 * GIB, 20 * GIB, False),
        (2 * GIB - 1, 20 * GIB, True),
        (5 * GIB, 100 * GIB, False),
        (5 * GIB - 1, 100 * GIB, True),
        (11 * GIB, 4000 * GIB, False),
        (9 * GIB, 4000 * GIB, True),
    ],
)
def test_low_is_two_gibibytes_or_a_twentieth(free: int, total: int, low: bool) -> None:
    assert Space(free, total).low is low


def test_what_is_left_is_said_in_a_persons_figures() -> None:
    assert [Space(free, 0).left for free in (3 * GIB // 2, GIB - 1, 180 * MIB)] == [
        "1.5 GB",
        "1023 MB",
        "180 MB",
    ]


def test_a_disk_that_does_not_say_is_no_trouble(tmp_path: Path) -> None:
    found = space_of(tmp_path)
    assert found is not None
    assert 0 < found.free <= found.total
    assert space_of(tmp_path / "none") is None


def test_the_screen_warns_first_then_photos_stop_and_facts_go_on(tmp_path: Path) -> None:
    left = [50 * GIB]
    store = PhotoStore(tmp_path / "photos", lambda _: left[0])
    world = BenchWorld(
        tmp_path, camera=lambda: store.keep(b"a photo", "png"), space=lambda: Space(left[0], 500 * GIB)
    )
    assert world.scan(RMA.code).status.devices_ok
    left[0] = GIB
    world.bench.refresh()
    status = world.thread.ask(world.bench.screen).status
    assert (status.devices_ok, status.short_device) == (False, "Disk")
    assert status.device_word.splitlines()[-1] == "Disk: 1.0 GB left. Free some space."
    assert store.keep(b"a photo", "png").photo
    left[0] = 200 * MIB
    assert store.keep(b"another", "png") == Shot(None, NoPhoto.DISK_FULL)
    world.scan(GOOD_KETTLE)
    screen = world.say("GRI")
    assert screen.bench.band.state is BandState.OK, "facts have what photos left them"
    assert "200 MB left. Photos are not kept any more" in screen.status.device_word
    world.close()
