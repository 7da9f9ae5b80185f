"""Sending: a station's events over HTTP into a real centre on either database, against its bare statements.

The centre is a process of its own. Its statements are heard once, in this process, from a copy that receives
the same batches; the bare driver then plays them into another copy, a transaction for each batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from app.bootstrap.centre import CentreClient, EmbeddedCentre
from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder
from app.bootstrap.resources import policy_source
from app.domain.clock import to_text
from app.domain.envelope import Envelope, verify
from app.domain.feed import Page
from app.domain.place import Location, LocationKind
from app.domain.returns import Rma
from app.domain.signing import Ed25519Signer, Verifier
from app.ledger import outbox
from app.ledger.writer import Ledger
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central.store.chain import CentreChain
from sync.central.store.database import create_database
from sync.central.store.enrolment import lock_station
from sync.central.store.receipt import receive
from sync.client.session import SyncClient
from sync.client.state import SyncState
from sync.client.transport import HttpCentre
from sync.wire.answers import Answer
from sync.wire.messages import Hello, Push, Welcome
from sync.wire.protocol import MAX_EVENTS
from sync.wire.renewals import Holds, Offer, Renew, Renewed
from sync.wire.sealed import sealed
from tests.bench.figures import Figure, Numbers, Target, middle
from tests.bench.grown import Say, open_ledger
from tests.bench.raw import Player, Transaction, listening, rows_of
from tests.bench.stores import SqliteStore, Store, postgres_store
from tests.bench.workload import OWNER, SITE, START, SeededIds, Shift, SteppingClock, item, make_rma, sku
from tests.sync.world import DirectPort

_ITEMS = 60
_LINES = 3
_UNITS_A_RETURN = 6
_STOCK = 1_000_000
_SHELF = "A-01"
_SEED = 21
# A bare pipeline took 18,500 events/s over HTTP into SQLite where the database alone took 51,100 rows/s, and
# 22,800 of 26,200 into PostgreSQL; seven tenths of each pipeline are aimed for.
_SHARE_OF_DIRECT = {"sqlite": 0.25, "postgres": 0.61}
_PIPELINE = {"sqlite": 13_000, "postgres": 16_000}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `rounds` of `batches` of `batch` events each."""

    rounds: int
    batches: int
    batch: int = MAX_EVENTS

    @property
    def events(self) -> int:
        """All events; the first batch warms up."""
        return (self.rounds * self.batches + 1) * self.batch


class LedgerDesk(DirectPort):
    """A `StationPort` over a ledger of this thread; `upto` bounds what is offered for sending."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.upto = 0

    def pending(self, limit: int) -> Sequence[Envelope]:
        """What waits, up to number `upto`."""
        return [one for one in super().pending(limit) if one.seq <= self.upto]


class OneWay:
    """A `CentrePort` that can be told to fetch nothing: what the centre says is not what is measured."""

    def __init__(self, inner: HttpCentre) -> None:
        self._inner = inner
        self.fetches = True

    @property
    def skew_s(self) -> float:
        """As the centre says."""
        return self._inner.skew_s

    def hello(self, hello: Hello) -> Welcome:
        """Goes to the centre."""
        return self._inner.hello(hello)

    def push(self, push: Push) -> Answer:
        """Goes to the centre."""
        return self._inner.push(push)

    def renew(self, renew: Renew) -> Renewed:
        """Goes to the centre."""
        return self._inner.renew(renew)

    def holds(self, offer: Offer) -> Holds:
        """Goes to the centre."""
        return self._inner.holds(offer)

    def changes(self, gen: int, pos: int, limit: int, stock: str) -> Page:
        """Goes to the centre, or finds nothing new."""
        return self._inner.changes(gen, pos, limit, stock) if self.fetches else Page(gen, pos)


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """Events per second sent, received, and written bare, on SQLite; and the share of the signatures."""
    return _measured("push", SqliteStore(folder), folder / "station", size, say)


def measure_large(folder: Path, size: Size, say: Say, *, small: bool) -> list[Figure]:
    """The same on PostgreSQL, where it is; `small` spares its memory."""
    with postgres_store(folder, say, small=small) as store:
        return _measured("ingest", store, folder / "station", size, say) if store is not None else []


def _measured(name: str, store: Store, station: Path, size: Size, say: Say) -> list[Figure]:
    returns = size.events // _UNITS_A_RETURN + 1
    say(f"telling a centre about {returns:,} returns")
    with _serving(store, "centre") as centre, CentreClient(centre.url, centre.token) as client:
        rmas = _furnish(client, returns)
        body = {"name": "BENCH 07", "site": SITE, "owner": OWNER}
        join(Folder(station), centre.url, client.post("/enrolment-codes", body, "bench").text("code"), "B")
    for copy in ("heard", "raw"):
        store.copy("centre", copy)
    say(f"recording {size.events:,} events")
    clock, ids = SteppingClock(START), SeededIds(_SEED)
    with open_ledger(station, clock, ids) as ledger:
        shift = Shift(clock, ids, Random(_SEED), _ITEMS)
        for work in islice(shift.units(rmas), size.events):
            ledger.record(work.event, work.also)
        envelopes = outbox.pending(ledger, size.events)
        heard, receiving_s = _receive(store, "heard", envelopes, size)
        raw = store.player("raw")
        with _serving(store, "centre") as centre:
            rounds = _push(Sender(ledger, station, centre.url), envelopes, (heard, raw), size)
        raw.close()
    return _figures((name, store.name), rounds, (heard, receiving_s), size)


def _serving(store: Store, which: str) -> EmbeddedCentre:
    return EmbeddedCentre(store.folder(which), database=store.url(which))


def _furnish(client: CentreClient, returns: int) -> list[Rma]:
    """Goods in stock, sold to one customer, and authorized to come back."""
    client.post("/policies", {"source": policy_source()}, "policy")
    places = [Location(code, LocationKind.BIN, code, SITE).to_json() for code in ("R-03", _SHELF)]
    client.post("/locations", {"locations": places}, "locations")
    names = [sku(number) for number in range(_ITEMS)]
    client.post("/items", {"items": [item(name).to_json() for name in names]}, "items")
    at = to_text(START)
    lines = [{"line": line, "sku": name, "qty": _STOCK} for line, name in enumerate(names, 1)]
    body = {"document": "GR-1", "owner": OWNER, "location": _SHELF, "at": at, "lines": lines}
    client.post("/receipts", body, "receipt")
    random, found = Random(_SEED), []
    for number in range(returns):
        rma = make_rma(f"{number:06d}", random.sample(names, _LINES))
        found.append(_sell_and_announce(client, rma, at))
    return found


def _sell_and_announce(client: CentreClient, rma: Rma, at: str) -> Rma:
    lines = [{"line": x.line, "sku": x.sku, "qty": x.qty} for x in rma.lines]
    order = {"order": rma.order, "owner": OWNER, "channel": "shop", "at": at, "customer": "20001"}
    client.post("/orders", {**order, "ship": "available", "lines": lines}, f"order-{rma.code}")
    asked = {
        "rma": rma.code,
        "owner": OWNER,
        "customer": "20001",
        "order": rma.order,
        "at": at,
        "site": SITE,
        "tracking": list(rma.tracking),
        "match": "order",
        "lines": [{**line, "reason": "changed_mind"} for line in lines],
    }
    client.post("/returns", asked, f"rma-{rma.code}")
    return rma


def _batches(envelopes: Sequence[Envelope], size: Size) -> list[Sequence[Envelope]]:
    return [envelopes[start : start + size.batch] for start in range(0, len(envelopes), size.batch)]


def _receive(
    store: Store, which: str, envelopes: Sequence[Envelope], size: Size
) -> tuple[list[Transaction], list[float]]:
    """What the driver is told when these events come in, and how long each batch takes without HTTP."""
    database = create_database(store.url(which))
    clock, ids = SystemClock(), SystemIds()
    signer: Ed25519Signer = load_or_make(store.folder(which) / "centre.key", ids)
    chain = CentreChain(signer, ids, clock, "0.1.0")
    with database.write() as conn:
        chain.establish(conn)
    seconds = []
    with listening() as ear:
        for batch in _batches(envelopes, size):
            began = time.perf_counter()
            push = Push(batch[0].epoch, tuple(sealed(envelope) for envelope in batch))
            with database.write() as conn:
                receive(conn, lock_station(conn, batch[0].station_id), push, clock.now(), chain)
            seconds.append(time.perf_counter() - began)
    database.close()
    return ear.transactions, seconds


class Sender:
    """The station's own sync against a centre's address."""

    def __init__(self, ledger: Ledger, station: Path, url: str) -> None:
        self._ledger = ledger
        ids = SystemIds()
        signer = load_or_make(Folder(station).key, ids)
        self.desk = LedgerDesk(ledger)
        self.verifier = Verifier(signer.public_key)
        centre = OneWay(HttpCentre(url, ledger.head.station_id, signer, clock=SystemClock(), ids=ids))
        self._said: list[SyncState] = []
        on_state: Callable[[SyncState], None] = self._said.append
        self._client = SyncClient(self.desk, centre, ids=ids, noise=Random(_SEED), on_state=on_state)
        # Says hello and fetches what the centre has told so far.
        self.send(0)
        centre.fetches = False

    def send(self, events: int) -> float:
        """Sends so many more; seconds until the centre confirmed them."""
        self.desk.upto += events
        began = time.perf_counter()
        self._client.tick(SystemClock().now())
        seconds = time.perf_counter() - began
        acknowledged = outbox.acknowledged(self._ledger)
        if acknowledged < self.desk.upto:
            raise RuntimeError(f"{acknowledged} of {self.desk.upto} events were confirmed: {self._said[-1]}")
        return seconds


def _push(
    sender: Sender,
    envelopes: Sequence[Envelope],
    bare: tuple[list[Transaction], Player],
    size: Size,
) -> list[tuple[Numbers, Numbers, float]]:
    """For each round: sent and bare events per second, and seconds to verify one event."""
    transactions, raw = bare
    batches = _batches(envelopes, size)
    sender.send(size.batch)
    raw.play(transactions[0])
    rounds: list[tuple[Numbers, Numbers, float]] = []
    for start in range(1, len(batches), size.batches):
        part = [one for batch in batches[start : start + size.batches] for one in batch]
        sent_s = sender.send(len(part))
        began = time.perf_counter()
        for transaction in transactions[start : start + size.batches]:
            raw.play(transaction)
        bare_s = time.perf_counter() - began
        began = time.perf_counter()
        for envelope in part:
            verify(envelope, sender.verifier)
        verify_s = (time.perf_counter() - began) / len(part)
        rounds.append(({"value": len(part) / sent_s}, {"value": len(part) / bare_s}, verify_s))
    return rounds


def _figures(
    names: tuple[str, str],
    rounds: Sequence[tuple[Numbers, Numbers, float]],
    received_bare: tuple[Sequence[Transaction], Sequence[float]],
    size: Size,
) -> list[Figure]:
    (name, database), (heard, receiving_s) = names, received_bare
    sent = middle(sent for sent, _, _ in rounds)
    bare = middle(bare for _, bare, _ in rounds)
    verify_s = middle({"value": seconds} for _, _, seconds in rounds)["value"]
    received = size.batch / middle({"value": seconds} for seconds in receiving_s[1:])["value"]
    ceiling = 1 / (1 / bare["value"] + verify_s)
    rows = rows_of(heard[-1]) / size.batch
    is_bare = (
        f"the same statements ({rows:.1f} rows an event) by the bare driver, a commit for each 500 events"
    )
    notes = {"events": size.events, "received_in_process": round(received), "with_signatures": round(ceiling)}
    return [
        Figure(
            f"{name}.events",
            "events/s",
            sent,
            bare,
            is_bare,
            (Target("value", _SHARE_OF_DIRECT[database], at_least=True),),
            notes | {"pipeline_target": _PIPELINE[database]},
        ),
        Figure(
            f"{name}.signatures",
            "share",
            {"value": verify_s * sent["value"]},
            notes={"verify_us": round(verify_s * 1e6, 1), "is": "share of the time of an event"},
        ),
    ]
