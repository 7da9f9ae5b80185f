"""Photos when stations and centres are killed, restored and served by several processes."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from app.domain.digests import digest_of
from app.ledger import photos
from sync.central.photo_folder import PhotoFolder
from sync.wire.protocol import MAX_CHUNK
from tests.architecture.source_rules import ROOT
from tests.postgres import running_cluster
from tests.sync.central.receiving import OwnClock
from tests.sync.picturing import Camera, files_of, folder_of, picture
from tests.sync.test_photos_travel import LARGE, PATIENCE, arrived, pieces
from tests.sync.toll import Passage, Reply, Toll
from tests.sync.world import Site, World

# Migrations are run by one thread at a time.
_MAKING = threading.Lock()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path).running() as found:
        yield found


@pytest.fixture
def camera(world: World) -> Iterator[Camera]:
    found = Camera(world.site(), world.toll.base_url)
    yield found
    found.centre.close()


def test_a_station_killed_in_the_middle_of_a_photo_goes_on_from_there(world: World, camera: Camera) -> None:
    data = picture(21, LARGE)
    camera.take(data)
    camera.site.sync()
    camera.site.close()
    came, over = threading.Event(), threading.Event()

    def come_and_hang(passage: Passage, forward: Callable[[Passage], Reply]) -> None:
        forward(passage)
        came.set()
        over.wait(PATIENCE)

    world.toll.next(f"offset={MAX_CHUNK}&", come_and_hang)
    command = [
        sys.executable, "-m", "tests.sync.killable_camera", str(camera.site.path), "1", world.toll.base_url,
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT) as station:
        try:
            assert came.wait(PATIENCE)
        finally:
            station.kill()
            over.set()
    assert station.returncode == -signal.SIGKILL
    camera.site.open()
    camera.centre.close()
    camera.open()
    assert camera.count().waiting == 1
    camera.send()
    arrived(world, camera, data)
    offsets = [piece.target.partition("offset=")[2].partition("&")[0] for piece in pieces(world)]
    assert offsets == [str(n * MAX_CHUNK) for n in range(4)], "what had come did not come again"


def test_a_file_goes_only_after_its_time_and_when_the_centre_still_has_it(
    world: World, camera: Camera
) -> None:
    data, damaged = picture(17), picture(18)
    camera.take(data, damaged)
    camera.site.sync()
    camera.send()
    camera.pass_days(29.9)
    camera.send()
    assert len(files_of(camera.store._folder)) == 2
    digest = digest_of(damaged)
    (world.folder / "photos" / digest[:2] / digest[2:4] / digest).unlink()
    camera.pass_days(0.2)
    camera.send()
    arrived(world, camera, damaged)
    assert camera.store.read(digest_of(data)) is None
    camera.send()
    assert camera.store.read(digest) is None, "it came again, and was asked about once more"
    assert folder_of(world).read(digest) == damaged


def test_a_restored_centre_gets_again_what_the_one_before_had(world: World, camera: Camera) -> None:
    data, later = picture(19), picture(20)
    camera.take(data)
    camera.site.sync()
    camera.send()
    digest = digest_of(data)
    (world.folder / "photos" / digest[:2] / digest[2:4] / digest).unlink()
    with world.store.database.write() as conn:
        conn.exec_driver_sql("UPDATE meta SET value = '2' WHERE name = 'feed_gen'")
    camera.take(later)
    camera.site.sync(ticks=2)
    camera.send(ticks=2)
    arrived(world, camera, data)
    arrived(world, camera, later)


class Served:
    """A centre in processes of its own, with everything that it was started with."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "app", "central", "serve", "--announce", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        announced = json.loads(self.process.stdout.readline())
        self.url: str = announced["url"]
        self._token: str = announced["token"]
        self._keys, self._asking = itertools.count(), threading.Lock()

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    def code(self) -> str:
        """A fresh enrolment code for a bench at a site that is known."""
        place = {"code": "WH1", "kind": "site", "name": "WH1", "site": "WH1"}
        self._post("locations", {"locations": [place]})
        asked = {"name": "Bench", "site": "WH1", "owner": "ACME"}
        code: str = self._post("enrolment-codes", asked)["code"]
        return code

    def _post(self, path: str, body: object) -> dict[str, Any]:
        with self._asking:
            key = f"key-{next(self._keys)}"
            headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
            answer = httpx.post(f"{self.url}/v1/{path}", json=body, headers=headers, timeout=PATIENCE)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.communicate(timeout=PATIENCE)
        finally:
            self.process.kill()


@contextmanager
def joined(folder: Path, centre: Served, url: str, number: int) -> Iterator[Camera]:
    """A station with a camera that reaches the centre by that URL."""
    with _MAKING:
        site = Site(folder / f"station-{number}.db", url, OwnClock(), number)
    site.enrol(centre.code())
    camera = Camera(site, url)
    try:
        yield camera
    finally:
        camera.centre.close()
        site.close()


def test_a_centre_killed_in_the_middle_of_a_photo_goes_on_from_there(tmp_path: Path) -> None:
    data = picture(31, LARGE)
    where = ("--db", f"sqlite:///{tmp_path / 'centre.db'}")
    with Served(*where, "--port", "0") as centre, Toll(centre.url) as toll:
        with joined(tmp_path, centre, toll.base_url, 1) as camera:
            camera.take(data)
            camera.site.sync()

            def die(passage: Passage, forward: Callable[[Passage], Reply]) -> None:
                forward(passage)
                centre.kill()

            toll.next(f"offset={MAX_CHUNK}&", die)
            camera.send()
            assert camera.count().waiting == 1
            with Served(*where, "--port", centre.port):
                camera.send(ticks=2)
            assert camera.count() == photos.Count(0, 0)
        sent = [passage for passage in toll.seen if passage.method == "PUT"]
        assert sum(len(passage.body) for passage in sent) == LARGE, "what had come did not come again"
    assert PhotoFolder(tmp_path / "centre-photos").read(digest_of(data)) == data


def test_two_workers_over_one_folder_keep_every_photo_of_every_station(tmp_path: Path) -> None:
    taken = {number: [picture(100 * number + n, 2 * MAX_CHUNK + n) for n in range(4)] for number in (1, 2)}
    options = ("--port", "0", "--workers", "2", "--key", str(tmp_path / "key"))
    with (
        running_cluster() as cluster,
        Served("--db", cluster.ready(), "--photos", str(tmp_path / "photos"), *options) as centre,
    ):

        def bench(number: int) -> photos.Count:
            with joined(tmp_path, centre, centre.url, number) as camera:
                for data in taken[number]:
                    camera.take(data)
                camera.site.sync()
                # Each connection of its own, so that both workers are asked.
                for _ in range(5):
                    camera.centre.close()
                    camera.open()
                    camera.send()
                return camera.count()

        with ThreadPoolExecutor() as benches:
            assert list(benches.map(bench, taken)) == [photos.Count(0, 0)] * 2
    every = {digest_of(data): data for found in taken.values() for data in found}
    assert files_of(tmp_path / "photos") == sorted(every)
    for digest, data in every.items():
        assert PhotoFolder(tmp_path / "photos").read(digest) == data
