"""What every world begins with: a centre with a business, and stations that joined it, as files to be copied.

Made once for each way of signing and copied for each seed; nothing in it depends on the seed.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select

from app.bootstrap import resources
from app.domain.clock import to_text
from sync.central.commands import approvers, capture, returns, transfers
from sync.central.commands.approvers_asked import NewApprover
from sync.central.commands.catalogue import publish_policy, put_locations
from sync.central.commands.items import put_items
from sync.central.commands.requests import Order, Receipt, Return
from sync.central.commands.stock import receive
from sync.central.commands.transfers_asked import NewTransfer, TransferParts
from sync.central.store.act import Act
from sync.central.store.approval_keys import grant_key, issuer_of, require_issuer
from sync.central.store.enrolment import issue_code
from sync.central.store.tables import rma_line
from tests.ready import ready
from tests.simulator.approver import LIMITS, approver, approving
from tests.simulator.bench import Bench
from tests.simulator.clocks import Truth, Watch
from tests.simulator.house import House
from tests.simulator.keys import policy_key, root_key
from tests.simulator.signing import Signing, signing
from tests.simulator.wire import Wire
from tests.swift import swift

OWNER = "ACME"
SITES = ("WH1", "WH2")
MOST_STATIONS = 8
RETURNS, TRANSFERS = 60, 12
MUGS, TOASTER, KETTLE, CREAM, SOLVENT = "MUG-4", "T-2S", "K-17", "CR-50", "SOLV-1"
ITEMS: tuple[Mapping[str, object], ...] = (
    {"sku": MUGS, "name": "Mug set of 4", "category": "kitchen", "value_minor": 1200},
    {"sku": TOASTER, "name": "Toaster 2-slice", "category": "kitchen", "value_minor": 4200},
    {
        "sku": KETTLE,
        "name": "Kettle 1.7 L steel",
        "category": "kitchen",
        "tracking": "serial",
        "value_minor": 3900,
    },
    {"sku": CREAM, "name": "Face cream 50 ml", "category": "consumables", "value_minor": 1800},
    {"sku": SOLVENT, "name": "Cleaning solvent 1 l", "hazardous": True, "value_minor": 900},
)
PLACES = ("R-03", "F-01", "V-02", "HOLD-1", "HOLD-2", "HOLD-3")


def shelf(site: str) -> str:
    """Where a site sells from."""
    return f"{site}-A"


def dock(site: str) -> str:
    """Where a site takes goods in."""
    return f"DOCK-{site[-1]}"


@dataclass(frozen=True, slots=True)
class Expected:
    """A return that was authorized: its code, and its lines in order, each with SKU, units and serials."""

    code: str
    lines: tuple[tuple[str, int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A transfer on its way, each line with SKU and units."""

    code: str
    target: str
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """The files as bytes, by name, and what the business expects.

    In memory, so that no cleaning of temporary folders takes them away from a run of days.
    """

    files: Mapping[str, bytes]
    returns: tuple[Expected, ...]
    transfers: tuple[Coming, ...]

    def copy(self, to: Path, stations: int) -> None:
        """The files of a new world with that many stations."""
        for name in ("centre", *(f"station-{number}" for number in range(1, stations + 1))):
            (to / f"{name}.db").write_bytes(self.files[name])


def site_of(number: int) -> str:
    """At which site a station stands: they alternate."""
    return SITES[(number - 1) % len(SITES)]


@functools.cache
def ground(how: Signing) -> Ground:
    """The files for one way of signing, made once in this process."""
    with swift(), signing(how), tempfile.TemporaryDirectory(prefix="ground", dir=memory()) as name:
        return make(Path(name))


def memory() -> Path | None:
    """A folder that is in memory, where this machine has one."""
    found = Path("/dev/shm")  # noqa: S108 - every seed has its own folder in it
    return found if found.is_dir() else None


def make(folder: Path) -> Ground:
    """Makes the files in a folder."""
    ready(f"sqlite:///{folder / 'centre.db'}")
    truth = Truth()
    truth.pass_by(-2 * 86_400)
    house = House(folder / "centre.db", Watch(truth))
    with house.database.write() as conn:
        grant_key(conn, root_key(), policy_key(), house.clock.now())
    _stock(house)
    expected = tuple(_returns(house))
    coming = tuple(_transfers(house))
    truth.pass_by(86_400)
    for number in range(1, MOST_STATIONS + 1):
        with house.database.write() as conn:
            code = issue_code(
                conn,
                house.ids.secret(16),
                name=f"Bench {number}",
                site=site_of(number),
                owner=OWNER,
                now=house.clock.now(),
                life=timedelta(minutes=15),
            ).code
        bench = Bench(folder / f"station-{number}.db", number, Watch(truth), Wire(house, truth))
        bench.enrol(code)
        bench.sync()
        _approver(house, bench)
        bench.sync()
        bench.end()
    house.end()
    files = {file.stem: file.read_bytes() for file in folder.glob("*.db")}
    return Ground(files, expected, coming)


def _approver(house: House, bench: Bench) -> None:
    """Somebody who approves at this station."""
    made = dict(approving(bench).enrol(approver(bench.number)))
    asked = NewApprover.model_validate(made | LIMITS)

    def do(act: Act) -> None:
        approvers.enrol(act, require_issuer(issuer_of(act.conn, policy_key()), act.posted_at), asked)

    house.act(do)


def _stock(house: House) -> None:
    sites = [{"code": site, "kind": "site", "name": site, "site": site} for site in SITES]
    docks = [{"code": dock(site), "kind": "dock", "name": dock(site), "site": site} for site in SITES]
    bins = [{"code": shelf(site), "kind": "bin", "name": shelf(site), "site": site} for site in SITES]
    bins += [{"code": code, "kind": "bin", "name": code, "site": "WH1"} for code in PLACES]
    house.act(lambda act: put_locations(act, [*sites, *docks, *bins]))
    house.act(lambda act: put_items(act, list(ITEMS)))
    house.act(lambda act: publish_policy(act, resources.policy_source()))
    for site in SITES:
        lines = [
            {"line": n, "sku": sku, "qty": 60} for n, sku in enumerate((MUGS, TOASTER, CREAM, SOLVENT), 1)
        ]
        document = {"document": f"PO-{site}", "owner": OWNER, "location": shelf(site)}
        _receive(house, document, lines)


def _receive(house: House, head: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> None:
    asked = Receipt.model_validate({**head, "at": house.now(), "lines": list(lines)})
    house.act(lambda act: receive(act, asked))


def _sold(number: int) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    """What customer `number` bought and wants to send back; every third a kettle."""
    serials = (f"SN-{number:03d}",)
    kinds = (
        ((MUGS, 1, ()),),
        ((KETTLE, 1, serials),),
        ((MUGS, 2, ()), (TOASTER, 1, ())),
        ((CREAM, 1, ()), (KETTLE, 1, serials)),
        ((TOASTER, 3, ()),),
        ((SOLVENT, 1, ()), (MUGS, 1, ())),
    )
    return kinds[number % len(kinds)]


def _returns(house: House) -> Iterator[Expected]:
    for number in range(1, RETURNS + 1):
        lines = _sold(number)
        yield expect(house, f"c-{number}", lines)


def expect(house: House, customer: str, lines: Sequence[tuple[str, int, Sequence[str]]]) -> Expected:
    """Goods are bought for a customer, sold, and authorized to come back."""
    said = [
        {"line": n, "sku": sku, "qty": qty, "serials": list(serials)}
        for n, (sku, qty, serials) in enumerate(lines, 1)
    ]
    _receive(house, {"document": f"PO-{customer}", "owner": OWNER, "location": shelf("WH1")}, said)
    sold = [line | {"unit_minor": 2000, "currency": "GBP"} for line in said]
    head: dict[str, Any] = {"order": f"o-{customer}", "owner": OWNER, "channel": "web", "customer": customer}
    order = Order.model_validate(head | {"at": house.now(), "ship": "available", "lines": sold})
    house.act(lambda act: capture.capture(act, order))
    asked = Return.model_validate(
        {
            "owner": OWNER,
            "customer": customer,
            "order": f"o-{customer}",
            "at": house.now(),
            "match": "order",
            "lines": [line | {"reason": "changed_mind"} for line in said],
        }
    )
    code = str(house.act(lambda act: returns.authorize(act, asked))["rma"])
    # Where orders had been promised what was there, less was sent, and less may come back.
    with house.database.read() as conn:
        may = {row.line: int(row.qty) for row in conn.execute(_MAY_COME, {"code": code})}
    return Expected(
        code, tuple((sku, may.get(n, 0), tuple(serials)) for n, (sku, _, serials) in enumerate(lines, 1))
    )


_MAY_COME = select(rma_line.c.line, rma_line.c.qty).where(rma_line.c.rma == bindparam("code"))


def _transfers(house: House) -> Iterator[Coming]:
    for number in range(1, TRANSFERS + 1):
        target = SITES[number % len(SITES)]
        yield send(house, f"TR-{number}", target, ((MUGS, 2), (TOASTER, 1 + number % 3)))


def send(house: House, code: str, target: str, lines: Sequence[tuple[str, int]], steps: int = 4) -> Coming:
    """A transfer goes on its way to a site from the other one, `steps` of four milestones far."""
    source = next(site for site in SITES if site != target)
    said = [{"line": n, "sku": sku, "qty": qty} for n, (sku, qty) in enumerate(lines, 1)]
    _receive(house, {"document": f"PO-{code}", "owner": OWNER, "location": shelf(source)}, said)
    head = {"transfer": code, "owner": OWNER, "source": source, "target": target, "at": house.now()}
    asked, parts = NewTransfer.model_validate(head | {"lines": said}), TransferParts()
    house.act(lambda act: transfers.draft(act, asked))
    for step in range(steps):
        advance(house, code, step, parts)
    return Coming(code, target, tuple(lines))


def advance(house: House, code: str, step: int, parts: TransferParts) -> None:
    """The next of the four milestones by which a transfer leaves."""
    match step:
        case 0:
            house.act(lambda act: transfers.approve(act, code))
        case 1:
            house.act(lambda act: transfers.pick(act, code, parts))
        case 2:
            house.act(lambda act: transfers.ship(act, code, parts))
        case 3:
            house.act(lambda act: transfers.depart(act, code))


@contextmanager
def laid(how: Signing, stations: int) -> Iterator[tuple[Ground, Path]]:
    """The ground and a folder of its own with copies of its files, removed on leaving."""
    found = ground(how)
    with tempfile.TemporaryDirectory(prefix="world", dir=memory()) as name:
        folder = Path(name)
        found.copy(folder, stations)
        yield found, folder


def day_before(house: House) -> str:
    """A day before now, as it is written."""
    return to_text(house.clock.now() - timedelta(days=1))
