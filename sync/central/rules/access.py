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
_AUDIT = frozenset({Role.ADMIN, Role.AUDITOR})
_FINANCE = frozenset({Role.ADMIN, Role.FINANCE})
_BOOKS = _FINANCE | {Role.AUDITOR}
_ADMIN = frozenset({Role.ADMIN})
_PLAN = frozenset({Role.ADMIN, Role.PLANNER})

ROUTES: Mapping[tuple[str, str], Allowed] = {
    ("POST", "/v1/items"): _RECORDS,
    ("GET", "/v1/items"): _ALL,
    ("GET", "/v1/items/{sku}"): _ALL,
    ("POST", "/v1/locations"): _RECORDS,
    ("GET", "/v1/locations"): _ALL,
    ("POST", "/v1/imports"): _RECORDS,
    ("POST", "/v1/reconciliations"): _RECORDS | {Role.FINANCE},
    ("GET", "/v1/reconciliations/{number}"): _ALL,
    ("POST", "/v1/owners"): _PLAN,
    ("GET", "/v1/owners"): _ALL,
    ("POST", "/v1/record-owners"): _PLAN,
    ("GET", "/v1/record-owners"): _ALL,
    ("GET", "/v1/proposals"): _ALL,
    # Whoever speaks for the record's owner; which of these that is stands with the record.
    ("POST", "/v1/proposals/{number}/decision"): _RECORDS,
    ("POST", "/v1/policies"): _STOCK,
    ("GET", "/v1/policies/current"): _ALL,
    ("POST", "/v1/allocation-policies"): _PLAN,
    ("GET", "/v1/allocation-policies"): _ALL,
    ("GET", "/v1/allocation-policies/current"): _ALL,
    ("POST", "/v1/simulations"): _PLAN,
    ("POST", "/v1/policies/simulations"): _STOCK,
    ("POST", "/v1/receipts"): _RECORDS,
    ("POST", "/v1/counts"): _STOCK,
    ("POST", "/v1/inbound"): _RECORDS,
    ("GET", "/v1/inbound"): _ALL,
    ("GET", "/v1/inbound/{code}"): _ALL,
    ("POST", "/v1/inbound/{code}/lines"): _RECORDS,
    ("POST", "/v1/inbound/{code}/cancel"): _RECORDS,
    ("POST", "/v1/orders/{order}/claim-supply"): _TRADE,
    ("POST", "/v1/transfers"): _RECORDS,
    ("GET", "/v1/transfers"): _ALL,
    ("GET", "/v1/transfers/{code}"): _ALL,
    ("POST", "/v1/transfers/{code}/approve"): _PLAN,
    ("POST", "/v1/transfers/{code}/pick"): _STOCK,
    ("POST", "/v1/transfers/{code}/ship"): _STOCK,
    ("POST", "/v1/transfers/{code}/depart"): _STOCK,
    ("POST", "/v1/transfers/{code}/arrive"): _STOCK,
    ("POST", "/v1/transfers/{code}/receive"): _STOCK,
    ("POST", "/v1/transfers/{code}/close"): _PLAN,
    ("POST", "/v1/transfers/{code}/cancel"): _PLAN,
    ("POST", "/v1/orders"): _TRADE,
    ("GET", "/v1/orders"): _ALL,
    ("GET", "/v1/orders/{order}"): _ALL,
    ("POST", "/v1/orders/{order}/ship"): _TRADE,
    ("POST", "/v1/orders/{order}/cancel"): _TRADE,
    ("POST", "/v1/orders/{order}/block"): _TRADE | {Role.FINANCE},
    ("POST", "/v1/orders/{order}/unblock"): _TRADE | {Role.FINANCE},
    ("POST", "/v1/orders/{order}/lines"): _TRADE,
    ("GET", "/v1/orders/{order}/why"): _ALL,
    ("GET", "/v1/orders/{order}/parcels"): _ALL,
    ("GET", "/v1/parcels"): _ALL,
    ("GET", "/v1/parcels/{parcel}"): _ALL,
    ("POST", "/v1/parcels/{parcel}/pick"): _STOCK,
    ("POST", "/v1/parcels/{parcel}/pack"): _STOCK,
    ("POST", "/v1/parcels/{parcel}/ship"): _STOCK,
    ("POST", "/v1/parcels/{parcel}/cancel"): _STOCK,
    ("POST", "/v1/waves"): _RECORDS,
    ("GET", "/v1/waves/{wave}"): _ALL,
    ("POST", "/v1/holds"): _TRADE,
    ("GET", "/v1/holds/{hold}"): _ALL,
    ("POST", "/v1/holds/{hold}/change"): _TRADE,
    ("POST", "/v1/holds/{hold}/release"): _TRADE,
    ("GET", "/v1/reservations"): _ALL,
    ("POST", "/v1/reservations/{number}/move"): _PLAN,
    ("POST", "/v1/reservations/{number}/give"): _PLAN,
    ("GET", "/v1/decisions"): _ALL,
    ("POST", "/v1/returns"): _TRADE,
    ("GET", "/v1/returns/blind"): _ALL,
    ("GET", "/v1/returns/blind/{label}/candidates"): _ALL,
    ("POST", "/v1/returns/blind/{label}/match"): frozenset({Role.PLANNER, Role.SERVICE}),
    ("GET", "/v1/returns/{rma}"): _ALL,
    ("POST", "/v1/returns/{rma}/in-transit"): _TRADE,
    ("POST", "/v1/returns/{rma}/cancel"): _TRADE,
    ("POST", "/v1/returns/{rma}/reverse"): frozenset({Role.PLANNER}),
    ("GET", "/v1/availability"): _ALL,
    ("POST", "/v1/safety-stock"): _PLAN,
    ("POST", "/v1/write-offs"): _STOCK | {Role.FINANCE},
    ("GET", "/v1/write-offs"): _ALL,
    ("GET", "/v1/write-offs/{code}"): _ALL,
    # Not even an admin decides: separation of duty.
    ("POST", "/v1/write-offs/{code}/decision"): frozenset({Role.SUPERVISOR}),
    ("GET", "/v1/work-orders"): _ALL,
    ("POST", "/v1/work-orders"): _STOCK,
    ("GET", "/v1/work-orders/{code}"): _ALL,
    ("POST", "/v1/work-orders/{code}/start"): _STOCK,
    ("POST", "/v1/work-orders/{code}/step"): _STOCK,
    ("POST", "/v1/work-orders/{code}/finish"): _STOCK,
    ("POST", "/v1/work-orders/{code}/give-up"): _STOCK,
    ("POST", "/v1/work-orders/{code}/undo"): _PLAN | {Role.SUPERVISOR},
    ("POST", "/v1/consignments"): _STOCK,
    ("GET", "/v1/consignments"): _ALL,
    ("GET", "/v1/consignments/{code}"): _ALL,
    ("POST", "/v1/consignments/{code}/units"): _STOCK,
    ("POST", "/v1/consignments/{code}/remove"): _STOCK,
    ("POST", "/v1/consignments/{code}/pack"): _STOCK,
    ("POST", "/v1/consignments/{code}/handovers"): _STOCK,
    ("POST", "/v1/consignments/{code}/depart"): _STOCK,
    ("POST", "/v1/consignments/{code}/reverse"): _PLAN | {Role.SUPERVISOR},
    ("POST", "/v1/consignments/{code}/settle"): _FINANCE | {Role.PLANNER, Role.SUPERVISOR},
    ("POST", "/v1/consignments/{code}/cancel"): _STOCK,
    ("GET", "/v1/consignments/{code}/claim.pdf"): _ALL,
    ("GET", "/v1/consignments/{code}/claim.csv"): _ALL,
    ("GET", "/v1/consignments/{code}/manifest.pdf"): _ALL,
    ("GET", "/v1/consignments/{code}/manifest.csv"): _ALL,
    ("GET", "/v1/consignments/{code}/donation.pdf"): _ALL,
    ("GET", "/v1/consignments/{code}/donation.csv"): _ALL,
    ("GET", "/v1/consignments/{code}/disposal.pdf"): _ALL,
    ("GET", "/v1/consignments/{code}/disposal.csv"): _ALL,
    ("POST", "/v1/units/{label}/disposition"): frozenset({Role.SUPERVISOR}),
    ("POST", "/v1/units/{label}/name"): frozenset({Role.PLANNER, Role.SERVICE, Role.SUPERVISOR}),
    ("POST", "/v1/units/{label}/reverse"): frozenset({Role.SUPERVISOR}),
    ("GET", "/v1/units/unidentified"): _ALL,
    ("GET", "/v1/journal"): _BOOKS,
    ("GET", "/v1/journal/export"): _BOOKS,
    ("POST", "/v1/books"): _FINANCE,
    ("GET", "/v1/books"): _ALL,
    ("GET", "/v1/refunds"): _ALL,
    ("GET", "/v1/refunds/{code}"): _ALL,
    ("POST", "/v1/refunds/{code}/approve"): _FINANCE,
    ("POST", "/v1/refunds/{code}/reject"): _FINANCE,
    ("POST", "/v1/refunds/{code}/payout"): _FINANCE | {Role.INTEGRATOR},
    ("POST", "/v1/refunds/{code}/reverse"): _FINANCE,
    ("POST", "/v1/returns/{rma}/credits"): _FINANCE | {Role.SERVICE},
    ("POST", "/v1/returns/{rma}/replacements/{line}/decision"): _FINANCE,
    ("POST", "/v1/returns/{rma}/replacements/{line}/payments"): _FINANCE,
    ("POST", "/v1/returns/{rma}/replacements/{line}/payments/reverse"): _FINANCE,
    ("GET", "/v1/exceptions"): _ALL,
    ("GET", "/v1/exceptions/{number}"): _ALL,
    ("POST", "/v1/exceptions/{number}/resolve"): _ALL - {Role.INTEGRATOR, Role.AUDITOR},
    ("GET", "/v1/moves"): _ALL,
    ("GET", "/v1/balances"): _ALL,
    ("GET", "/v1/balances/{account_id}/moves"): _ALL,
    ("GET", "/v1/stock"): _ALL,
    ("GET", "/v1/stock/expected-returns"): _ALL,
    ("GET", "/v1/timeline"): _ALL,
    ("GET", "/v1/events/{event_id}"): _ALL,
    ("GET", "/v1/photos/{sha256}"): _ALL,
    ("GET", "/v1/audit"): _AUDIT,
    ("GET", "/v1/audit/recent"): _AUDIT,
    ("GET", "/v1/audit/acts"): _AUDIT,
    ("GET", "/v1/audit/security"): _AUDIT,
    ("GET", "/v1/audit/stations/{station_id}/balances"): _AUDIT,
    ("GET", "/v1/audit/checkpoints"): _AUDIT,
    ("GET", "/v1/audit/checkpoints/{number}"): _AUDIT,
    ("GET", "/v1/audit/consistency"): _AUDIT,
    ("GET", "/v1/audit/events/{event_id}/proof"): _AUDIT,
    ("GET", "/v1/audit/feed/{pos}/proof"): _AUDIT,
    ("POST", "/v1/approvers"): _ADMIN,
    ("GET", "/v1/approvers"): _ALL,
    ("GET", "/v1/approvers/{code}"): _ALL,
    # A lost badge cannot wait for an administrator.
    ("POST", "/v1/approvers/{code}/revoke"): frozenset({Role.ADMIN, Role.SUPERVISOR}),
    ("POST", "/v1/approvers/{code}/unlock"): frozenset({Role.ADMIN, Role.SUPERVISOR}),
    ("GET", "/v1/approvers/{code}/digest"): _AUDIT | {Role.SUPERVISOR, Role.FINANCE},
    ("GET", "/v1/approvals"): _ALL,
    # Names and addresses: whoever sells puts them in, whoever serves customers reads them, with a purpose.
    ("POST", "/v1/personal"): _TRADE,
    ("POST", "/v1/personal/{ref}/read"): frozenset({Role.SERVICE}),
    ("POST", "/v1/personal/export"): frozenset({Role.ADMIN, Role.SERVICE}),
    ("POST", "/v1/personal/erase"): frozenset({Role.ADMIN, Role.SERVICE}),
    ("POST", "/v1/personal/erase-event"): _ADMIN,
    ("POST", "/v1/personal/retention"): _ADMIN,
    ("POST", "/v1/enrolment-codes"): _ADMIN,
    ("GET", "/v1/stations"): _ALL,
    # A stolen computer cannot wait for an administrator; letting it in again can.
    ("POST", "/v1/stations/{station_id}/shut-out"): frozenset({Role.ADMIN, Role.SUPERVISOR}),
    ("POST", "/v1/stations/{station_id}/let-in"): _ADMIN,
    ("GET", "/v1/tokens"): _AUDIT,
    ("POST", "/v1/tokens/{name}/end"): _ADMIN,
    ("POST", "/v1/sign-out"): _ALL,
    ("POST", "/v1/tokens"): _ADMIN,
    ("POST", "/v1/sync/enrol"): Open.ANYONE,
    ("POST", "/v1/sync/hello"): Open.STATION,
    ("POST", "/v1/sync/renew"): Open.STATION,
    ("POST", "/v1/sync/holds"): Open.STATION,
    ("POST", "/v1/sync/events"): Open.STATION,
    ("GET", "/v1/sync/changes"): Open.STATION,
    ("GET", "/v1/sync/checkpoint"): Open.STATION,
    ("GET", "/v1/sync/wake"): Open.STATION,
    ("GET", "/v1/sync/snapshot"): Open.STATION,
    ("GET", "/v1/sync/snapshot/{gen}/{pos}"): Open.STATION,
    ("POST", "/v1/sync/attachments/hello"): Open.STATION,
    ("PUT", "/v1/sync/attachments/{sha256}"): Open.STATION,
    ("GET", "/metrics"): _AUDIT,
    ("GET", "/healthz"): Open.ANYONE,
    ("GET", "/readyz"): Open.ANYONE,
    ("GET", "/openapi.json"): Open.ANYONE,
}

QUESTIONS = frozenset({"/v1/simulations", "/v1/policies/simulations"})
"""Routes that are posted to because their question is long: they change nothing and take no key."""


def allowed(method: str, path: str) -> Allowed:
    """Who may use a route; nobody when it is not in the table."""
    return ROUTES.get((method, path), frozenset())
