"""Photos for tests: pictures made of numbers, events that name them, and stations that send them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from app.bootstrap.photo_shelf import LedgerShelf
from app.ledger import photos
from app.ledger.writer import Ledger
from app.station.photos import PhotoStore
from sync.central.photo_folder import PhotoFolder
from sync.client.photo_port import PhotoState
from sync.client.photos import PhotoClient
from sync.client.transport import HttpCentre
from tests.sync.world import Site, World

PNG = b"\x89PNG\r\n\x1a\n"
T = TypeVar("T")


def picture(number: int, size: int = 1000) -> bytes:
    """So many bytes that pass for a picture, other ones for each number."""
    return PNG + random.Random(number).randbytes(size - len(PNG))


class SameThread:
    """A station's thread that is the asking one."""

    def ask(self, question: Callable[[], T]) -> T:
        """Asks at once."""
        return question()


class Camera:
    """What takes and sends one site's photos."""

    def __init__(self, site: Site, base_url: str, keep_days: int = 30) -> None:
        self.site = site
        self.store = PhotoStore(site.path.with_suffix(".photos"), lambda _: 1 << 40)
        self.said: list[PhotoState] = []
        self._base_url = base_url
        self._keep_days = keep_days
        self.open()

    def open(self) -> None:
        """A program that starts: nothing is remembered but what is on disk."""
        site = self.site
        self.centre = HttpCentre(
            self._base_url,
            site.ledger.head.station_id,
            site._signer,
            clock=site.clock,
            ids=site._ids,
        )
        shelf = LedgerShelf(SameThread(), site.ledger, self.store, self._keep_days)  # type: ignore[arg-type]
        self.client = PhotoClient(
            shelf, self.centre, noise=random.Random(site.number), on_state=self.said.append
        )

    def take(self, *data: bytes) -> list[str]:
        """Photos on disk, named by one event."""
        digests = []
        for entry in data:
            shot = self.store.keep(entry, "png")
            assert shot.photo
            digests.append(shot.photo)
        body = {"rma": None, "line": None, "sku": "K-17", "qty": 1, "photos": digests}
        self.site.work(body=body)
        return digests

    def send(self, ticks: int = 1) -> float:
        """So many ticks of the photos' client, each when the one before wants it."""
        wish = 0.0
        for _ in range(ticks):
            wish = self.client.tick(self.site.clock.now())
            self.site.clock.pass_by(wish)
        return wish

    def count(self) -> photos.Count:
        """What waits and what is lost."""
        return photos.count(self.ledger)

    @property
    def ledger(self) -> Ledger:
        """The site's record."""
        return self.site.ledger

    def pass_days(self, days: float) -> None:
        """Time goes on."""
        self.site.clock.at += timedelta(days=days)


def folder_of(world: World) -> PhotoFolder:
    """Where the centre of a world keeps its photos."""
    found = world.app.state.centre.photos
    assert isinstance(found, PhotoFolder)
    return found


def files_of(folder: Path) -> list[str]:
    """The names of the files of photos under a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
