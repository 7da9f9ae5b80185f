"""A floor for stories: benches scan into the real engine, the real client carries it to the real centre.

Codes are scanned as a person would: items by their SKU, serials as text, the mat by its captions (`GRADE_A`).
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.bootstrap import resources
from app.domain.clock import to_text
from app.domain.move import MoveKind
from app.domain.place import is_virtual
from app.domain.policy.asides import NoPhoto
from app.domain.signing import Ed25519Signer
from app.ledger.audit import audit as audit_station
from app.ledger.identity import StationSettings
from app.ledger.writer import Ledger
from app.scanning.commands import Word, payload
from app.scanning.double_read import Gaps
from app.station.desk import Arrival
from app.station.engine import Engine
from app.station.photos import PhotoStore
from app.station.setup import Person, Setup, Shot
from sync.central.audit import audit as audit_centre
from sync.central.rules.access import Role
from sync.central.store.tables import account, event, move
from sync.central.upkeep import tick
from sync.client.enrol import enrol
from sync.client.session import SyncClient
from sync.client.state import SyncState
from sync.client.transport import HttpCentre
from tests.centre import RunningCentre, SeededIds, running_centre
from tests.sync.world import DirectPort

Json = dict[str, Any]
Units = Mapping[str, int]

OWNER = "ACME"
SHELF = "WH1-A"
WORK = "/work"
MUGS = {"sku": "MUG-4", "name": "Mug set of 4", "category": "kitchen", "value_minor": 1200}
TOASTER = {"sku": "T-2S", "name": "Toaster 2-slice", "category": "kitchen", "value_minor": 4200}
KETTLE = {
    "sku": "K-17",
    "name": "Kettle 1.7 L steel",
    "category": "kitchen",
    "tracking": "serial",
    "value_minor": 3900,
}
CREAM = {"sku": "CR-50", "name": "Face cream 50 ml", "category": "consumables", "value_minor": 1800}
SOLVENT = {"sku": "SOLV-1", "name": "Cleaning solvent 1 l", "hazardous": True, "value_minor": 900}
_WORDS = {word.name: payload(word) for word in Word}
# What may make stock sellable besides a disposition: it was never a customer's before.
_NEW = {MoveKind.RECEIVE, MoveKind.DISPOSE}


class StationBench:
    """One bench with its own record; nothing reaches the centre before `sync`."""

    def __init__(
        self,
        folder: Path,
        centre: RunningCentre,
        code: str,
        number: int,
        shoots: Callable[[], Shot] | None = None,
    ) -> None:
        self.shoots = shoots
        self._clock, self._ids = centre.clock, SeededIds(1000 + number)
        signer = Ed25519Signer(bytes([number] * 32))
        settings = StationSettings("test", "UTC", "boot-1")
        self.ledger = Ledger(
            folder / f"bench-{number}.db",
            sqlite3,
            signer=signer,
            clock=self._clock,
            ids=self._ids,
            settings=settings,
        )
        identity = enrol(
            centre.base_url,
            code,
            station_id=self.ledger.head.station_id,
            install_id=self.ledger.install_id,
            public_key=self.ledger.public_key,
            name=f"Bench {number}",
            clock=self._clock,
        )
        self.ledger.adopt(identity)
        self.station_id = identity.station_id
        self._way = HttpCentre(centre.base_url, identity.station_id, signer, clock=self._clock, ids=self._ids)
        self._said: list[SyncState] = []
        self._client = SyncClient(
            DirectPort(self.ledger),
            self._way,
            ids=self._ids,
            noise=random.Random(number),
            on_state=self._said.append,
        )
        self.engine = Engine(self.ledger, self._setup(number), on_recorded=lambda: None)
        self.labels: list[str] = []
        self._scans = 0

    def _setup(self, number: int) -> Setup:
        return Setup(
            clock=self._clock,
            ids=self._ids,
            zone=UTC,
            texts=resources.texts(),
            policy=resources.policy(),
            person=Person(f"ana-{number}", "Ana K.", "Inspector", f"s-{number}"),
            bench=f"BENCH-0{number}",
            name=f"BENCH 0{number}",
            print_label=lambda _document, _copy: None,
            gaps=Gaps(0, 0),
            shoot=self.shoots or (lambda: Shot(None, NoPhoto.NO_CAMERA)),
            no_camera="" if self.shoots else NoPhoto.NO_CAMERA,
        )

    def scans(self, *codes: str) -> str:
        """Scans in order; answers with the code of the message that the last one left, if any."""
        for code in codes:
            self._scans += 1
            raw = _WORDS.get(code, code)
            self.engine.scan(Arrival(self._scans, raw, "scanner", self._clock.monotonic_ms()))
            self.labels += [str(document["code"]) for document, _ in self.engine.take_labels()]
        notice = self.engine.notice
        return notice.code if notice else ""

    def sync(self) -> None:
        """Sends everything and fetches everything."""
        self._client.tick(self._clock.now())
        position = DirectPort(self.ledger).position()
        assert position.waiting == 0, self._said[-1:]

    def close(self) -> None:
        self._way.close()
        self.ledger.close()


class Floor:
    """The centre with its people, and the benches of one site."""

    def __init__(self, folder: Path, centre: RunningCentre, photos: PhotoStore) -> None:
        self._folder, self._centre, self.photos = folder, centre, photos
        self.benches: list[StationBench] = []
        self.database, self.base_url = centre.database, centre.base_url
        self.admin, self.service = centre.as_(Role.ADMIN), centre.as_(Role.SERVICE)
        self.planner, self.supervisor = centre.as_(Role.PLANNER), centre.as_(Role.SUPERVISOR)
        self.finance = centre.as_(Role.FINANCE)
        self.admin.post("/items", {"items": [MUGS, TOASTER, KETTLE, CREAM, SOLVENT]})
        places = [SHELF, "R-03", "F-01", "V-02", "HOLD-1", "HOLD-2", "HOLD-3"]
        bins = [{"code": code, "kind": "bin", "name": code, "site": "WH1"} for code in places]
        self.admin.post("/locations", {"locations": bins})
        answer = self.admin.post("/policies", {"source": resources.policy_source()})
        self.policy_version = answer["version"]

    # --- the business ---------------------------------------------------------------------------------

    def bench(self, shoots: Callable[[], Shot] | None = None) -> StationBench:
        """One more bench, joined and up to date; with a camera where something shoots."""
        code = self.admin.post("/enrolment-codes", {"name": "Bench", "site": "WH1", "owner": OWNER})["code"]
        found = StationBench(self._folder, self._centre, code, len(self.benches) + 1, shoots)
        self.benches.append(found)
        found.sync()
        return found

    def sells(
        self,
        order: str,
        units: Units,
        *,
        serials: Sequence[str] = (),
        customer: str = "c-1",
        unit_minor: int = 2000,
    ) -> None:
        """Goods came from the supplier and left with a customer, the day before."""
        day = to_text(self._centre.clock.now() - timedelta(days=1))
        bought = [
            {"line": n, "sku": sku, "qty": qty, "serials": list(serials) if sku == "K-17" else []}
            for n, (sku, qty) in enumerate(units.items(), 1)
        ]
        receipt = {"document": f"PO-{order}", "owner": OWNER, "location": SHELF, "at": day}
        self.admin.post("/receipts", receipt | {"lines": bought})
        sold = [line | {"unit_minor": unit_minor, "currency": "GBP"} for line in bought]
        head = {"order": order, "owner": OWNER, "channel": "web", "at": day, "customer": customer}
        self.service.post("/orders", head | {"ship": "available", "lines": sold})

    def authorizes(
        self,
        units: Units,
        *,
        serials: Sequence[str] = (),
        tracking: str | None = None,
        order: str | None = None,
        customer: str = "c-1",
    ) -> str:
        """An RMA for a customer's sales, or for one order's; its code."""
        answer = self.asks_to_return(
            units, serials=serials, tracking=tracking, order=order, customer=customer
        )
        assert answer["rma"] is not None, answer
        return str(answer["rma"])

    def asks_to_return(
        self,
        units: Units,
        *,
        serials: Sequence[str] = (),
        tracking: str | None = None,
        order: str | None = None,
        customer: str = "c-1",
    ) -> Json:
        """What the centre answers a customer who wants to send something back."""
        lines = [
            {
                "line": n,
                "sku": sku,
                "qty": qty,
                "reason": "changed_mind",
                "serials": list(serials) if sku == "K-17" else [],
            }
            for n, (sku, qty) in enumerate(units.items(), 1)
        ]
        asked = {
            "owner": OWNER,
            "customer": customer,
            "order": order,
            "at": self.now(),
            "match": "order" if order else "customer_sales",
            "tracking": [tracking] if tracking else [],
            "lines": lines,
        }
        answer: Json = self.service.post("/returns", asked)
        return answer

    def blind(self) -> list[Json]:
        """The units that wait for their return, oldest first."""
        found: list[Json] = self.service.get("/returns/blind")["units"]
        return found

    def candidates(self, label: str, **hints: Any) -> list[Json]:
        """What the unit under a label could be, the likeliest first."""
        found: list[Json] = self.service.get(f"/returns/blind/{label}/candidates", **hints)["candidates"]
        return found

    def matches(self, label: str, **to: Any) -> Json:
        """Somebody says what it is."""
        answer: Json = self.service.post(f"/returns/blind/{label}/match", {"line": 1, "at": self.now()} | to)
        return answer

    def may_not_match(self, label: str, **to: Any) -> Json:
        """Somebody says what it is, and is refused: the problem document."""
        asked = {"line": 1, "at": self.now()} | to
        answer = self.service.send(f"/returns/blind/{label}/match", asked)
        assert answer.is_client_error, answer.text
        found: Json = answer.json()
        return found

    def on_its_way(self, rma: str, tracking: str) -> None:
        """A carrier has the parcel."""
        self.service.post(f"/returns/{rma}/in-transit", {"tracking": tracking, "at": self.now()})

    def ends(self, rma: str, how: str = "cancelled") -> None:
        """Nothing more is to come of a return."""
        self.service.post(f"/returns/{rma}/cancel", {"exit": how, "reason": "r", "at": self.now()})

    def reverses(self, rma: str, event_id: str) -> Json:
        """A planner takes back a disposition."""
        asked = {"event_id": event_id, "reason": "Credited by mistake.", "at": self.now()}
        found: Json = self.planner.post(f"/returns/{rma}/reverse", asked)
        return found

    def last_step(self, rma: str) -> str:
        """The event by which the first line of an RMA came where it is."""
        line = self.service.get(f"/returns/{rma}")["lines"][0]
        return str(line["history"][-1]["event_id"])

    def stocks(self, sku: str, qty: int, cost_minor: int = 300) -> None:
        """Parts or goods come from a supplier, each for so much."""
        self.admin.post("/items", {"items": [{"sku": sku, "name": sku, "value_minor": cost_minor}]})
        line = {"line": 1, "sku": sku, "qty": qty, "cost_minor": cost_minor * qty}
        head = {"document": f"PO-{sku}", "owner": OWNER, "location": SHELF, "at": self.now()}
        self.admin.post("/receipts", head | {"lines": [line]})

    def ships(self, order: str, sku: str, **line: Any) -> str:
        """A customer orders one; whether it left."""
        asked = {"line": 1, "sku": sku, "qty": 1, "unit_minor": 1500, "currency": "GBP"} | line
        head = {"order": order, "owner": OWNER, "channel": "web", "at": self.now(), "ship": "available"}
        answer = self.service.post("/orders", head | {"lines": [asked]})["lines"][0]
        return next(state for state in ("shipped", "backordered") if answer[state])

    def work(self, **which: Any) -> list[Json]:
        """The work orders that wait or are under way, what is due first at first."""
        found: list[Json] = self.service.get(WORK, **which)["work_orders"]
        return found

    def works(self, code: str, step: str, /, **asked: Any) -> Json:
        """Somebody in the workshop records something of a work order."""
        found: Json = self.planner.post(f"{WORK}/{code}/{step}", {"at": self.now()} | asked)
        return found

    def writes_off(self, code: str) -> None:
        """A supervisor agrees to a write-off."""
        asked = {"decision": "approve", "at": self.now()}
        self.supervisor.post(f"/write-offs/{code}/decision", asked)

    def refunds(self) -> list[Json]:
        """Every refund, the oldest first."""
        found: list[Json] = self.finance.get("/refunds")["refunds"]
        return found

    def write_offs(self, state: str = "requested") -> list[Json]:
        """The write-offs in a state, the oldest request first."""
        found: list[Json] = self.supervisor.get("/write-offs", state=state)["write_offs"]
        return found

    def decides(self, write_off: str, decision: str) -> None:
        """A supervisor's word on a write-off."""
        self.supervisor.post(f"/write-offs/{write_off}/decision", {"decision": decision, "at": self.now()})

    def decides_otherwise(self, label: str, disposition: str, **more: Any) -> Json:
        """A supervisor's word on a unit."""
        asked = {"disposition": disposition, "reason": "Seen and judged.", "at": self.now()} | more
        found: Json = self.supervisor.post(f"/units/{label}/disposition", asked)
        return found

    def may_not_decide(self, label: str, disposition: str, **more: Any) -> str:
        """A supervisor's word that is refused: its code."""
        asked = {"disposition": disposition, "reason": "Seen and judged.", "at": self.now()} | more
        answer = self.supervisor.send(f"/units/{label}/disposition", asked)
        assert answer.is_client_error, answer.text
        return str(answer.json()["code"])

    def names(self, label: str, sku: str, **more: Any) -> Json:
        """Somebody says what a thing is."""
        found: Json = self.service.post(f"/units/{label}/name", {"sku": sku, "at": self.now()} | more)
        return found

    def word_back(self, label: str) -> Json:
        """A supervisor takes the last word on a unit back."""
        asked = {"reason": "The wrong box.", "at": self.now()}
        found: Json = self.supervisor.post(f"/units/{label}/reverse", asked)
        return found

    def told(self, unit: str) -> list[Json]:
        """The timeline of a unit."""
        found: list[Json] = self.admin.get("/timeline", unit=unit)["events"]
        return found

    # --- what is so -----------------------------------------------------------------------------------

    def now(self) -> str:
        return to_text(self._centre.clock.now())

    def days_pass(self, days: int) -> None:
        self._centre.clock.forward(timedelta(days=days))

    def publishes_refusing_windows(self) -> None:
        """From now on nothing that comes back after its window earns anything."""
        source = resources.policy_source().replace('after = "store_credit"', 'after = "refuse"')
        source = source.replace('version = "', 'version = "refusing-', 1)
        self.admin.post("/policies", {"source": source})

    def upkeep(self) -> bool:
        """What only the passing of time makes due is done; whether anything was."""
        return tick(self._centre.centre)

    def stock(self, sku: str) -> dict[str, int]:
        """Where every unit of an item inside the building is: `{"R-03 sellable": 1}`."""
        found = Counter[str]()
        for entry in self.admin.get("/balances", sku=sku, limit=500)["balances"]:
            held = entry["account"]
            if not is_virtual(held["location"]):
                words = [held["location"], held["status"], held.get("reason", "")]
                found[" ".join(filter(None, words))] += entry["qty"]
        return {place: qty for place, qty in found.items() if qty}

    def history(self, unit: str) -> list[Json]:
        """What happened to a unit, each event told."""
        found: list[Json] = self.admin.get("/timeline", unit=unit)["events"]
        return found

    def states(self, rma: str) -> list[str]:
        """The state of each line of an RMA."""
        return [line["state"] for line in self.service.get(f"/returns/{rma}")["lines"]]

    def cases(self) -> list[Json]:
        """The open exceptions."""
        found: list[Json] = self.service.get("/exceptions", state="open", limit=500)["exceptions"]
        return found

    def one_case(self, kind: str, role: str = "service") -> Json:
        """The only open exception there is; somebody owns it, and it says what to do."""
        found = self.cases()
        assert [(case["type"], case["owner_role"]) for case in found] == [(kind, role)], found
        assert str(found[0]["fix"]).strip().endswith(".")
        return found[0]

    def customer(self, sku: str) -> int:
        """Units of an item that customers hold."""
        entries = self.admin.get("/balances", sku=sku, location="@customer", limit=500)["balances"]
        return sum(int(entry["qty"]) for entry in entries)

    # --- what always holds ----------------------------------------------------------------------------

    def prove(self) -> None:
        """Every law at the centre and at each bench, and nothing became sellable but by a disposition."""
        report = audit_centre(self._centre.database)
        assert report.holds, [str(violation) for violation in report.violations]
        for bench in self.benches:
            assert audit_station(bench.ledger).clean, audit_station(bench.ledger)
        assert self._sold_otherwise() == []

    def _sold_otherwise(self) -> list[str]:
        source, target = account.alias(), account.alias()
        asked = (
            select(event.c.kind, move.c.kind.label("why"), event.c.body)
            .join_from(move, event, move.c.event == event.c.id)
            .join(source, source.c.id == move.c.source)
            .join(target, target.c.id == move.c.target)
            .where(
                target.c.status == "sellable",
                source.c.status != "sellable",
                # What a count or a receipt found is new here; what another site sold from was sellable there.
                source.c.location != "@count",
                source.c.location.not_like("@transit:%"),
            )
        )
        with self._centre.database.read() as conn:
            rows = conn.execute(asked).all()
        return [f"{row.kind}: {json.loads(row.body)}" for row in rows if row.why not in _NEW]


@contextmanager
def open_floor(folder: Path) -> Iterator[Floor]:
    """A floor whose laws are proven at the end of the story."""
    photos = PhotoStore(folder / "photos")
    with running_centre(folder, photos=photos) as centre:
        floor = Floor(folder, centre, photos)
        try:
            yield floor
            floor.prove()
        finally:
            for bench in floor.benches:
                bench.close()
