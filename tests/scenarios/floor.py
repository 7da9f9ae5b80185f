"""A floor for stories: benches scan into the real engine, the real client carries it to the real centre.

Codes are scanned as a person would: items by their SKU, serials as text, the mat by its captions (`GRADE_A`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.bootstrap import resources
from app.domain.clock import to_text
from app.domain.move import MoveKind
from app.domain.place import is_virtual
from app.domain.signing import Ed25519Signer
from app.ledger.audit import audit as audit_station
from app.station.photos import PhotoStore
from app.station.setup import Shot
from sync.central.audit import audit as audit_centre
from sync.central.store.tables import account, event, move
from sync.central.upkeep import tick
from tests.centre import RunningCentre, running_centre
from tests.scenarios.office import OWNER, SHELF, Json, Office
from tests.scenarios.station_bench import StationBench

Units = Mapping[str, int]

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
# What may make stock sellable besides a disposition: it was never a customer's before.
_NEW = {MoveKind.RECEIVE, MoveKind.DISPOSE}


class Floor(Office):
    """The centre with its people, and the benches of one site."""

    def __init__(self, folder: Path, centre: RunningCentre, photos: PhotoStore) -> None:
        super().__init__(centre)
        self._folder, self.photos = folder, photos
        self.benches: list[StationBench] = []
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

    # --- what is so -----------------------------------------------------------------------------------

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

    def bodies(self, kind: str) -> list[Json]:
        """The facts beside the moves of every event of a kind, in the order they were posted."""
        asked = select(event.c.body).where(event.c.kind == kind).order_by(event.c.id)
        with self._centre.database.read() as conn:
            return [json.loads(body) for body in conn.scalars(asked)]

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
def open_floor(folder: Path, policy_key: Ed25519Signer | None = None) -> Iterator[Floor]:
    """A floor whose laws are proven at the end of the story; with a policy key it certifies approvers."""
    photos = PhotoStore(folder / "photos")
    with running_centre(folder, photos=photos, policy_key=policy_key) as centre:
        floor = Floor(folder, centre, photos)
        try:
            yield floor
            floor.prove()
        finally:
            for bench in floor.benches:
                bench.close()
