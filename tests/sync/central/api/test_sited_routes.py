"""Every route that is held to a token's sites, asked from a third site about what is at two others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from sync.central.rules.access import Role
from sync.central.rules.sited import SITED, Sited
from tests.centre import RunningCentre, running_centre
from tests.fuzz.furnished import AT, OWNER, Furnished, furnish

LINE: dict[str, Any] = {"line": 1, "sku": "A", "qty": 1}
HERE: dict[str, Any] = {"owner": OWNER, "at": AT}
SEND: dict[str, Any] = HERE | {"source": "WH1", "target": "WH2", "lines": [LINE]}
BASKET: dict[str, Any] = {"owner": OWNER, "channel": "web", "lines": [LINE | {"site": "WH2"}]}
COMING: dict[str, Any] = {"code": "P", "owner": OWNER, "kind": "po", "site": "WH1"}
PLACE: dict[str, Any] = {"code": "WH1-B", "kind": "bin", "name": "B", "site": "WH1"}
TABLE = "code,kind,name,site\nX,bin,X,WH3\n"
# What is sent to a held command about another site; the codes in braces are filled in below.
COMMANDS: dict[str, Any] = {
    "/v1/locations": {"locations": [PLACE]},
    "/v1/imports": {"kind": "locations", "csv": TABLE},
    "/v1/receipts": HERE | {"document": "d", "location": "WH1-A", "lines": [LINE]},
    "/v1/counts": HERE
    | {
        "document": "d",
        "location": "WH1-A",
        "lines": [{"line": 1, "sku": "A", "difference": 1, "reason": "found"}],
    },
    "/v1/inbound": COMING | {"lines": [LINE | {"due": AT}]},
    "/v1/inbound/{code}/lines": {"lines": [{"line": 1, "qty": 4}]},
    "/v1/inbound/{code}/cancel": {},
    "/v1/orders/{order}/claim-supply": {"lines": [{"line": 1, "supply": "PO-0", "supply_line": 1, "qty": 1}]},
    "/v1/transfers": SEND,
    "/v1/transfers/{code}/approve": {},
    "/v1/transfers/{code}/pick": {},
    "/v1/transfers/{code}/ship": {},
    "/v1/transfers/{code}/depart": {},
    "/v1/transfers/{code}/arrive": {},
    "/v1/transfers/{code}/receive": {"location": "WH2-A"},
    "/v1/transfers/{code}/close": {},
    "/v1/transfers/{code}/cancel": {},
    "/v1/orders": HERE | {"order": "n", "channel": "web", "site": "WH1", "lines": [LINE]},
    "/v1/orders/{order}/ship": {},
    "/v1/orders/{order}/cancel": {},
    "/v1/holds": BASKET,
    "/v1/holds/{hold}/change": {"minutes": 5},
    "/v1/holds/{hold}/release": {},
    "/v1/reservations/{number}/move": {"site": "WH3", "reason": "r"},
    "/v1/reservations/{number}/give": {"order": "o0", "line": 1, "qty": 1, "reason": "r"},
    "/v1/returns": HERE
    | {"site": "WH1", "match": "customer_sales", "customer": "c-1", "lines": [LINE | {"reason": "late"}]},
    "/v1/returns/{rma}/in-transit": {"tracking": "JD1", "at": AT},
    "/v1/returns/{rma}/cancel": {"reason": "r", "at": AT},
    "/v1/write-offs": HERE | {"sku": "A", "qty": 1, "location": "WH1-A", "reason": "broken"},
    "/v1/write-offs/{code}/decision": {"decision": "reject", "at": AT},
    "/v1/enrolment-codes": {"name": "Bench", "site": "WH1", "owner": OWNER},
    "/v1/tokens": {"role": "auditor", "name": "n", "sites": ["WH1"]},
    "/v1/tokens/{name}/end": {},
    "/v1/exceptions/{number}/resolve": {"note": "n"},
}
# What a look at one record or at availability is asked with; it is refused.
LOOKS = (
    "/v1/inbound/{code}",
    "/v1/transfers/{code}",
    "/v1/orders/{order}",
    "/v1/holds/{hold}",
    "/v1/returns/{rma}",
    "/v1/write-offs/{code}",
    "/v1/exceptions/{number}",
    "/v1/balances/{account_id}/moves",
    "/v1/availability?owner=ACME&sku=A&site=WH1",
)
# Parcels and waves are held to sites by the stories of tests/sync/central/api/test_dispatch.py, units that
# came back with no RMA by those of test_blind.py, photos by those of test_photos.py, work by test_work.py,
# approvers and verdicts by those of test_approvals.py, stations by test_stations.py, consignments by
# test_consignments.py, and units by test_units.py.
ELSEWHERE = (
    "/v1/parcels",
    "/v1/waves",
    "/v1/orders/{order}/parcels",
    "/v1/returns/blind",
    "/v1/photos",
    "/v1/work-orders",
    "/v1/approvers",
    "/v1/approvals",
    "/v1/consignments",
    "/v1/units",
    "/v1/stations",
)
Entries = Callable[[Any], list[Any]]
# What a list shows from there: nothing that is bound to a site.
LISTS: dict[str, Entries] = {
    "/v1/locations": lambda found: found["locations"],
    "/v1/inbound": lambda found: found["inbound"],
    "/v1/transfers": lambda found: found["transfers"],
    "/v1/orders": lambda found: [order for order in found["orders"] if order.get("site")],
    "/v1/reservations": lambda found: [row for row in found["reservations"] if row["scope"].get("site")],
    "/v1/balances": lambda found: found["balances"],
    "/v1/moves?sku=A": lambda found: found["moves"],
    "/v1/write-offs": lambda found: found["write_offs"],
    "/v1/exceptions": lambda found: [case for case in found["exceptions"] if case["site"]],
    "/v1/tokens": lambda found: [one for one in found["tokens"] if one["sites"] != ["WH3"]],
    "/v1/stock": lambda found: [row for row in found["stock"] if row["sellable"]["qty"]],
}


def filled(path: str, known: Furnished) -> str:
    """A path about something that is bound to WH1 or WH2."""
    if "{order}" in path:
        return path.replace("{order}", "b0")
    code = next((codes[0] for head, codes in known.records.items() if path.startswith(head) and codes), "")
    head, _, rest = path.partition("{")
    return f"{head}{code}{rest.partition('}')[2]}" if rest else path


def tokens_elsewhere(centre: RunningCentre) -> dict[str, str]:
    """Tokens for a third site."""
    admin, found = centre.as_(Role.ADMIN), {}
    for role in ("admin", "supervisor"):
        found[role] = admin.post("/tokens", {"role": role, "name": f"{role} 3", "sites": ["WH3"]})["token"]
    return found


def test_every_held_route_is_held(tmp_path: Path) -> None:
    sited = [
        route for route, held in SITED.items() if held is Sited.HELD and not route[1].startswith(ELSEWHERE)
    ]
    assert {path for method, path in sited if method == "POST"} == COMMANDS.keys()
    shown = {path for method, path in sited if method == "GET"}
    assert shown == {path.partition("?")[0] for path in (*LOOKS, *LISTS)}
    with running_centre(tmp_path) as centre:
        known, tokens = furnish(centre, copies=1), tokens_elsewhere(centre)
        rows = centre.as_(Role.ADMIN).get("/reservations", limit=500)["reservations"]
        bound = [row["reservation"] for row in rows if row["scope"].get("site")]
        known.records["/v1/reservations/{number}"] = bound
        known.records["/v1/tokens"] = ["planner"]
        own = centre.as_(Role.ADMIN).get("/balances", location="WH1-A")["balances"]
        known.records["/v1/balances/{account_id}"] = [own[0]["account_id"]]
        with httpx.Client(base_url=centre.base_url, timeout=30) as http:
            for number, (path, body) in enumerate(COMMANDS.items()):
                role = "supervisor" if path.endswith("/decision") else "admin"
                headers = {"Authorization": f"Bearer {tokens[role]}", "Idempotency-Key": f"n{number}"}
                answer = http.post(filled(path, known), json=body, headers=headers)
                assert (answer.status_code, answer.json().get("code")) == (403, "token.site"), path
            headers = {"Authorization": f"Bearer {tokens['admin']}"}
            for path in LOOKS:
                answer = http.get(filled(path, known), headers=headers)
                assert (answer.status_code, answer.json().get("code")) == (403, "token.site"), path
            everything = centre.as_(Role.ADMIN).http
            for path, entries in LISTS.items():
                assert entries(http.get(path, headers=headers).json()) == [], path
                assert entries(everything.get(path).json()), f"{path} has nothing to leave out"
            whole = http.get("/v1/timeline?unit=S-1", headers=headers)
            assert (whole.status_code, whole.json()["code"]) == (403, "token.all_sites")
            assert http.get("/v1/availability?owner=ACME&sku=A", headers=headers).status_code == 403
