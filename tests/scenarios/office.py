"""What people at the centre do and see in a story: the service desk, planners, supervisors, finance."""

from __future__ import annotations

from typing import Any

from app.domain.clock import to_text
from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre

Json = dict[str, Any]

OWNER = "ACME"
SHELF = "WH1-A"
WORK = "/work-orders"


class Office:
    """The centre with its people."""

    def __init__(self, centre: RunningCentre) -> None:
        self._centre = centre
        self.database, self.base_url = centre.database, centre.base_url
        self.admin, self.service = centre.as_(Role.ADMIN), centre.as_(Role.SERVICE)
        self.planner, self.supervisor = centre.as_(Role.PLANNER), centre.as_(Role.SUPERVISOR)
        self.finance = centre.as_(Role.FINANCE)

    def another_token(self, name: str, person: str | None = None, role: Role = Role.SUPERVISOR) -> Caller:
        """One more token, of somebody new or of a person who has one."""
        asked = {"role": str(role), "name": name, "person": person}
        return self._centre.with_token(self.admin.post("/tokens", asked)["token"])

    def now(self) -> str:
        return to_text(self._centre.clock.now())

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
