"""Who may do what: one table of every route. What does not stand in it is denied."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a token's holder is."""

    ADMIN = "admin"
    INTEGRATOR = "integrator"
    PLANNER = "planner"
    SERVICE = "service"
    FINANCE = "finance"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class Open(StrEnum):
    """Routes that need no token: open to anyone, or signed by a station."""

    ANYONE = "anyone"
    STATION = "station"


Allowed = frozenset[Role] | Open

_ALL = frozenset(Role)
_RECORDS = frozenset({Role.ADMIN, Role.INTEGRATOR, Role.PLANNER})
_TRADE = frozenset({Role.ADMIN, Role.INTEGRATOR, Role.PLANNER, Role.SERVICE})
_STOCK = frozenset({Role.ADMIN, Role.INTEGRATOR, Role.PLANNER, Role.SUPERVISOR})
_PLAN = frozenset({Role.ADMIN, Role.PLANNER})
_AUDIT = frozenset({Role.ADMIN, Role.AUDITOR})
_ADMIN = frozenset({Role.ADMIN})
_PLAN = frozenset({Role.ADMIN, Role.PLANNER})

ROUTES: Mapping[tuple[str, str], Allowed] = {
    ("POST", "/v1/items"): _RECORDS,
    ("GET", "/v1/items"): _ALL,
    ("GET", "/v1/items/{sku}"): _ALL,
    ("POST", "/v1/locations"): _RECORDS,
    ("GET", "/v1/locations"): _ALL,
    ("POST", "/v1/policies"): _STOCK,
    ("GET", "/v1/policies/current"): _ALL,
    ("POST", "/v1/allocation-policies"): _PLAN,
    ("GET", "/v1/allocation-policies"): _ALL,
    ("GET", "/v1/allocation-policies/current"): _ALL,
    ("POST", "/v1/simulations"): _PLAN,
    ("POST", "/v1/receipts"): _RECORDS,
    ("POST", "/v1/counts"): _STOCK,
    ("POST", "/v1/orders"): _TRADE,
    ("GET", "/v1/orders"): _ALL,
    ("GET", "/v1/orders/{order}"): _ALL,
    ("POST", "/v1/orders/{order}/ship"): _TRADE,
    ("POST", "/v1/orders/{order}/cancel"): _TRADE,
    ("POST", "/v1/holds"): _TRADE,
    ("GET", "/v1/holds/{hold}"): _ALL,
    ("POST", "/v1/holds/{hold}/change"): _TRADE,
    ("POST", "/v1/holds/{hold}/release"): _TRADE,
    ("GET", "/v1/reservations"): _ALL,
    ("POST", "/v1/reservations/{number}/move"): _PLAN,
    ("POST", "/v1/reservations/{number}/give"): _PLAN,
    ("GET", "/v1/decisions"): _ALL,
    ("POST", "/v1/returns"): _TRADE,
    ("GET", "/v1/returns/{rma}"): _ALL,
    ("GET", "/v1/availability"): _ALL,
    ("POST", "/v1/write-offs"): _STOCK | {Role.FINANCE},
    ("GET", "/v1/write-offs/{code}"): _ALL,
    # Not even an admin decides: separation of duty.
    ("POST", "/v1/write-offs/{code}/decision"): frozenset({Role.SUPERVISOR}),
    ("GET", "/v1/exceptions"): _ALL,
    ("POST", "/v1/exceptions/{number}/resolve"): _ALL - {Role.INTEGRATOR, Role.AUDITOR},
    ("GET", "/v1/moves"): _ALL,
    ("GET", "/v1/audit"): _AUDIT,
    ("GET", "/v1/audit/stations/{station_id}/balances"): _AUDIT,
    ("POST", "/v1/enrolment-codes"): _ADMIN,
    ("POST", "/v1/tokens"): _ADMIN,
    ("POST", "/v1/sync/enrol"): Open.ANYONE,
    ("POST", "/v1/sync/hello"): Open.STATION,
    ("POST", "/v1/sync/events"): Open.STATION,
    ("GET", "/v1/sync/changes"): Open.STATION,
    ("GET", "/healthz"): Open.ANYONE,
    ("GET", "/readyz"): Open.ANYONE,
    ("GET", "/openapi.json"): Open.ANYONE,
}

QUESTIONS = frozenset({"/v1/simulations"})
"""Routes that are posted to because their question is long: they change nothing and take no key."""


def allowed(method: str, path: str) -> Allowed:
    """Who may use a route; nobody when it is not in the table."""
    return ROUTES.get((method, path), frozenset())
