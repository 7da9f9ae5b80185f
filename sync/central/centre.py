"""The parts of a running centre, handed as one value to every route.

A module of routes offers `NAME_router`, which takes `Calls`, and the centre where it needs time or ids;
`sync.central.service` includes all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.clock import Clock
from app.domain.ids import Ids
from app.domain.paper import Paper
from app.domain.signing import Signer
from sync.central.photo_folder import PhotoFolder
from sync.central.rules.refusals import Refusals
from sync.central.store.chain import CentreChain
from sync.central.store.database import Database

MAX_BODY = 8 << 20
RATE = 1_000
STATION_RATE = 200
"""Events a second; a person scans less than one, and after a fortnight offline they come all at once."""
STATION_BURST_S = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """What may differ between two centres.

    `app_ver` stands in every centre-made event; `max_body` is the largest request in bytes;
    `enrolment_minutes` is the life of an enrolment code; `access_log` writes one line a request; `rate` is
    how many requests a second one token may make of one process, 0 for as many as it likes; `station_rate` is
    how many events a second one station may send to one process, after those of `STATION_BURST_S` seconds at
    once, 0 for as many as it likes;
    `metrics_folder` is where several worker processes count together, empty for one that counts alone;
    `photos` is the folder for photos, which all processes share, None for a centre that keeps none.
    """

    app_ver: str
    max_body: int = MAX_BODY
    enrolment_minutes: int = 15
    access_log: bool = False
    rate: int = RATE
    station_rate: int = STATION_RATE
    metrics_folder: str = ""
    photos: Path | None = None


class Photos(Protocol):
    """Where photos of goods are kept, by the hash of what is in them."""

    def read(self, digest: str) -> bytes | None:
        """A photo's bytes; None when it is not here."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What a centre has beside its database: how papers are drawn as PDF, and a folder of photos.

    Without the first it answers with tables alone, without the second it says that a photo is not here.
    """

    draws: Callable[[Paper], bytes] | None = None
    photos: Photos | None = None


@dataclass(frozen=True, slots=True)
class Centre:
    """Database, settings, time, identities, the centre's own chain; and the photos, where it keeps any.

    `refusals` are those not on record yet. `policy_key` signs approvers' certificates; None in a centre that
    issues none.
    """

    database: Database
    settings: Settings
    clock: Clock
    ids: Ids
    chain: CentreChain
    centre_id: str
    refusals: Refusals
    photos: PhotoFolder | None = None
    outfit: Outfit = Outfit()
    policy_key: Signer | None = None
