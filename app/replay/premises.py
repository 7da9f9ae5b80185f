"""Where a replay happens: a centre of its own, a bench that has joined it, and who speaks for whom.

Everything is in one folder. Starting there again finds the same centre, the same bench and the same people.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from filelock import FileLock, Timeout

from app.bootstrap.centre import CentreClient, EmbeddedCentre
from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder
from app.bootstrap.record import make_record
from app.bootstrap.sync_port import LedgerPort
from app.domain.fields import Fields
from app.domain.laws import Violation
from app.domain.refusal import Refused, Unavailable
from app.ledger.writer import Ledger
from app.replay.box import Box
from app.replay.clock import RowClock
from app.replay.dock import Dock
from app.replay.goods import Goods
from app.replay.proof import violations
from app.replay.till import OWNER, SITE, tell_places
from app.station.keyfile import load_or_make
from app.station.runner import StationThread
from app.station.system import SystemClock, SystemIds
from sync.client.session import SyncClient
from sync.client.state import Link, SyncState
from sync.client.transport import HttpCentre

BENCH = "BENCH 01"
# An audit of a whole year reads every move there was.
_PATIENCE_S = 900.0
_PRIVATE = 0o600
_TRIES = 12


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps a second replay out of a folder.

    Raises:
        Refused: one is at work there.
        Unavailable: the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "replay.lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise Refused(
            "replay.in_use",
            f"Another replay works in {folder}.",
            "One replay per folder was expected.",
            "Let it end, or name another folder with --out.",
        ) from None
    except OSError as world:
        raise Unavailable(f"The folder {folder} cannot be used: {world.strerror}.") from world
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class Bench:
    """The bench's record on its thread, the dock before it, and its sync, which works when it is told to."""

    thread: StationThread
    ledger: Ledger
    dock: Dock
    sync: SyncClient
    states: list[SyncState]

    def send_and_fetch(self) -> None:
        """Sends all that is recorded and fetches all that is new; a centre that is away is waited for.

        Raises:
            Unavailable: one of both was not possible, however often it was tried.
        """
        pause = Event()
        for _ in range(_TRIES):
            rest_s = self.sync.tick(SystemClock().now())
            state = self.states[-1]
            if state.link is Link.ONLINE:
                return
            if state.link is Link.STOPPED:
                break
            pause.wait(rest_s)
        raise Unavailable(f"The bench and its centre could not sync: {state.reason}")

    def head(self) -> int:
        """The number of its last event."""
        return self.thread.ask(lambda: self.ledger.last_seq)

    def start(self, boxes: Sequence[Box], recorded: int) -> Future[None]:
        """Begins to empty boxes, which ends by itself; see `Dock.open`."""
        done: Future[None] = Future()

        def work() -> None:
            try:
                self.dock.open(boxes, recorded)
            except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
                done.set_exception(error)
            else:
                done.set_result(None)

        self.thread.post(work)
        return done


@dataclass(frozen=True, slots=True)
class Premises:
    """A running centre, spoken to by its `admin`, by the shop and by the supervisor, and the bench."""

    admin: CentreClient
    shop: CentreClient
    supervisor: CentreClient
    bench: Bench

    def proof(self) -> tuple[Violation, ...]:
        """Every law that does not hold, at the bench, at the centre, or between the two."""
        return self.bench.thread.ask(lambda: violations(self.bench.ledger, self.admin))


@contextmanager
def opened(folder: Path, goods: Goods, database: str | None = None) -> Iterator[Premises]:
    """Everything a replay needs, closed at the end; the centre over `database`, or over a file in the folder.

    Raises:
        Unavailable: the centre did not start.
    """
    with ExitStack() as stack:
        centre = stack.enter_context(EmbeddedCentre(folder / "centre", database=database))

        def client(token: str) -> CentreClient:
            return stack.enter_context(CentreClient(centre.url, token, _PATIENCE_S))

        admin = client(centre.token)
        keys = _Keys(folder / "keys.json", admin)
        shop, supervisor = client(keys.token("integrator")), client(keys.token("supervisor"))
        tell_places(shop)
        station = Folder(folder / "station").make()
        _enrol(station, centre.url, keys)
        bench = stack.enter_context(_bench(station, centre.url, goods))
        yield Premises(admin, shop, supervisor, bench)


class _Keys:
    """Secrets the centre shows once, kept beside it: a replay that goes on speaks under the same names."""

    def __init__(self, path: Path, admin: CentreClient) -> None:
        self._path = path
        self._admin = admin
        self._kept: dict[str, str] = {}
        if path.exists():
            f = Fields(json.loads(path.read_text(encoding="utf-8")), str(path))
            self._kept = {name: f.text(name) for name in f.names()}

    def token(self, role: str) -> str:
        """The token in which the replay has that role."""
        if role not in self._kept:
            # A name whose token was lost by a crash is not given again, and nobody has used it yet.
            name = f"replay-{role}-{SystemIds().secret(3).hex()}"
            answer = self._admin.post("/tokens", {"role": role, "name": name}, f"token {name}")
            self._keep(role, answer.text("token"))
        return self._kept[role]

    def joining(self, *, anew: bool) -> str:
        """A code under which the bench may join."""
        if anew or "joining" not in self._kept:
            body = {"name": BENCH, "site": SITE, "owner": OWNER}
            key = f"joining {SystemIds().secret(3).hex()}"
            self._keep("joining", self._admin.post("/enrolment-codes", body, key).text("code"))
        return self._kept["joining"]

    def _keep(self, name: str, secret: str) -> None:
        self._kept[name] = secret
        part = self._path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "w") as file:
            json.dump(self._kept, file)
        part.replace(self._path)


def _enrol(station: Folder, url: str, keys: _Keys) -> None:
    with station.locked():
        record = make_record(station, SystemClock(), SystemIds())
        joined = record.identity is not None
        record.close()
    if joined:
        return
    try:
        join(station, url, keys.joining(anew=False), BENCH)
    except Refused:
        # The code of an earlier start was too old; one that was used by this very bench is taken again.
        join(station, url, keys.joining(anew=True), BENCH)


@contextmanager
def _bench(station: Folder, url: str, goods: Goods) -> Iterator[Bench]:
    clock, ids = RowClock(), SystemIds()
    defects = list[BaseException]()
    thread = StationThread(defects.append)
    thread.start()
    states = list[SyncState]()
    with ExitStack() as stack:
        stack.callback(thread.stop)
        stack.enter_context(station.locked())
        ledger = thread.ask(lambda: make_record(station, clock, ids))
        stack.callback(lambda: thread.ask(ledger.close))
        dock = thread.ask(lambda: Dock(ledger, clock, goods))
        signer = load_or_make(station.key, ids)
        # Requests are signed in real time, whatever time the record lives in.
        centre = HttpCentre(
            url, thread.ask(lambda: ledger.head.station_id), signer, clock=SystemClock(), ids=ids
        )
        stack.callback(centre.close)
        sync = SyncClient(
            LedgerPort(thread, ledger, lambda: None),
            centre,
            ids=ids,
            noise=random.Random(ids.secret(8)),  # noqa: S311 - jitter, not a secret
            on_state=states.append,
        )
        yield Bench(thread, ledger, dock, sync, states)
