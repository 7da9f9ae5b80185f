"""A real centre for tests: SQLite file, real HTTP on 127.0.0.1, one token for each role."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.bootstrap.papers import outfit
from app.domain.ids import uuid7
from app.domain.signing import Ed25519Signer, Signer
from sync.central.centre import Centre, Photos, Settings
from sync.central.rules.access import Role
from sync.central.service import Running, create_app
from sync.central.store.database import Database, create_database
from sync.central.tokens import TOKEN_BYTES, create
from tests.ready import ready

SEED = b"the centre's key in tests, 32 b."
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class SteppingClock:
    """Starts at `START` and goes on by itself; `forward` jumps."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._began = time.monotonic()
        self._jumped = timedelta()

    def now(self) -> datetime:
        return self._start + self._jumped + timedelta(seconds=time.monotonic() - self._began)

    def monotonic_ms(self) -> float:
        return (time.monotonic() - self._began) * 1000

    def forward(self, by: timedelta) -> None:
        self._jumped += by


class SeededIds:
    """Identities that repeat from run to run, each only once; safe for several threads."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def event_id(self, now_ms: int) -> str:
        return str(uuid7(now_ms, self.secret(10)))

    def secret(self, size: int) -> bytes:
        with self._lock:
            return self._random.randbytes(size)


@dataclass(frozen=True)
class Caller:
    """An HTTP client in one role; `post` gives each command its own Idempotency-Key."""

    http: httpx.Client
    _keys: Iterator[int]

    def get(self, path: str, **params: Any) -> Any:
        return self._read(self.http.get(f"/v1{path}", params=params))

    def post(self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        return self._read(self.send(path, body, key))

    def send(
        self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None
    ) -> httpx.Response:
        given = key or f"key-{next(self._keys)}"
        return self.http.post(f"/v1{path}", json=body, headers={"Idempotency-Key": given})

    @staticmethod
    def _read(answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return answer.json()


@dataclass(frozen=True)
class RunningCentre:
    """A centre that answers at `base_url`; `tokens` has one for each role."""

    base_url: str
    tokens: Mapping[Role, str]
    database: Database
    clock: SteppingClock
    centre: Centre
    _clients: list[httpx.Client]
    _keys: Iterator[int] = field(default_factory=itertools.count)

    def as_(self, role: Role) -> Caller:
        return self.with_token(self.tokens[role])

    def with_token(self, token: str) -> Caller:
        client = httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            verify=False,  # noqa: S501 - plain HTTP to this machine; reading all authorities takes long
        )
        self._clients.append(client)
        return Caller(client, self._keys)


def make_tokens(database: Database, ids: SeededIds, now: datetime) -> dict[Role, str]:
    """One token for each role, named after it."""
    with database.write() as conn:
        return {
            role: create(conn, ids.secret(TOKEN_BYTES), role=role, name=str(role), now=now) for role in Role
        }


@contextmanager
def running_centre(
    folder: Path,
    *,
    url: str | None = None,
    settings: Settings | None = None,
    photos: Photos | None = None,
    policy_key: Signer | None = None,
) -> Iterator[RunningCentre]:
    """Starts a centre on a free port over a database in `folder` (or at `url`) and stops it on leaving.

    It draws papers as a real one does; `photos` is its folder of photos.
    """
    clock, ids = SteppingClock(), SeededIds()
    database = create_database(ready(url or f"sqlite:///{folder / 'centre.db'}"))
    app = create_app(
        database,
        settings or Settings(app_ver="test"),
        clock,
        ids,
        Ed25519Signer(SEED),
        outfit=outfit(photos),
        policy_key=policy_key,
    )
    tokens = make_tokens(database, ids, clock.now())
    clients: list[httpx.Client] = []
    try:
        with Running(app) as server:
            yield RunningCentre(server.base_url, tokens, database, clock, app.state.centre, clients)
    finally:
        for client in clients:
            client.close()
        database.close()
