"""How each route holds a token to its sites: one table beside that of roles.

A route that is not in it is closed to tokens of some sites only, so that a new one leaks nothing before
somebody has decided; what a token for all sites may do, the roles alone say.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sync.central.rules.outcomes import Forbidden
from sync.central.rules.scope import Sites


class Sited(StrEnum):
    """What a route has to do with sites."""

    FREE = "free"
    """It names and shows nothing of a site."""
    HELD = "held"
    """What it names or shows is held against the token's sites; what is bound to none is everybody's."""
    WHOLE = "whole"
    """It needs or shows all sites together: only for tokens of all sites."""


_FREE, _HELD, _WHOLE = Sited.FREE, Sited.HELD, Sited.WHOLE

SITED: Mapping[tuple[str, str], Sited] = {
    # An item is the same at every site, and so are owners and policies: one rule decides for all of them.
    ("POST", "/v1/items"): _FREE,
    ("GET", "/v1/items"): _FREE,
    ("GET", "/v1/items/{sku}"): _FREE,
    ("POST", "/v1/owners"): _FREE,
    ("GET", "/v1/owners"): _FREE,
    ("POST", "/v1/policies"): _WHOLE,
    ("GET", "/v1/policies/current"): _FREE,
    ("POST", "/v1/allocation-policies"): _WHOLE,
    ("GET", "/v1/allocation-policies"): _FREE,
    ("GET", "/v1/allocation-policies/current"): _FREE,
    ("POST", "/v1/locations"): _HELD,
    ("GET", "/v1/locations"): _HELD,
    # Items are free; a table of locations names too many sites to be judged before it is read.
    ("POST", "/v1/imports"): _HELD,
    # Another system's stock is compared with that of all sites; who owns records is everybody's matter.
    ("POST", "/v1/reconciliations"): _WHOLE,
    ("GET", "/v1/reconciliations/{number}"): _WHOLE,
    ("POST", "/v1/record-owners"): _WHOLE,
    ("GET", "/v1/record-owners"): _FREE,
    ("GET", "/v1/proposals"): _WHOLE,
    ("POST", "/v1/proposals/{number}/decision"): _WHOLE,
    ("POST", "/v1/receipts"): _HELD,
    ("POST", "/v1/counts"): _HELD,
    ("POST", "/v1/inbound"): _HELD,
    ("GET", "/v1/inbound"): _HELD,
    ("GET", "/v1/inbound/{code}"): _HELD,
    ("POST", "/v1/inbound/{code}/lines"): _HELD,
    ("POST", "/v1/inbound/{code}/cancel"): _HELD,
    ("POST", "/v1/orders/{order}/claim-supply"): _HELD,
    # A transfer is seen from both its ends; the source sends, the target receives.
    ("POST", "/v1/transfers"): _HELD,
    ("GET", "/v1/transfers"): _HELD,
    ("GET", "/v1/transfers/{code}"): _HELD,
    ("POST", "/v1/transfers/{code}/approve"): _HELD,
    ("POST", "/v1/transfers/{code}/pick"): _HELD,
    ("POST", "/v1/transfers/{code}/ship"): _HELD,
    ("POST", "/v1/transfers/{code}/depart"): _HELD,
    ("POST", "/v1/transfers/{code}/arrive"): _HELD,
    ("POST", "/v1/transfers/{code}/receive"): _HELD,
    ("POST", "/v1/transfers/{code}/close"): _HELD,
    ("POST", "/v1/transfers/{code}/cancel"): _HELD,
    # An order or basket that is bound to no site is everybody's, like the customer it is for.
    ("POST", "/v1/orders"): _HELD,
    ("GET", "/v1/orders"): _HELD,
    ("GET", "/v1/orders/{order}"): _HELD,
    ("POST", "/v1/orders/{order}/ship"): _HELD,
    ("POST", "/v1/orders/{order}/cancel"): _HELD,
    # What a planner changes of a whole order may concern every site; a parcel is one site's.
    ("POST", "/v1/orders/{order}/block"): _WHOLE,
    ("POST", "/v1/orders/{order}/unblock"): _WHOLE,
    ("POST", "/v1/orders/{order}/lines"): _WHOLE,
    ("GET", "/v1/orders/{order}/why"): _WHOLE,
    ("GET", "/v1/orders/{order}/parcels"): _HELD,
    ("GET", "/v1/parcels"): _HELD,
    ("GET", "/v1/parcels/{parcel}"): _HELD,
    ("POST", "/v1/parcels/{parcel}/pick"): _HELD,
    ("POST", "/v1/parcels/{parcel}/pack"): _HELD,
    ("POST", "/v1/parcels/{parcel}/ship"): _HELD,
    ("POST", "/v1/parcels/{parcel}/cancel"): _HELD,
    ("POST", "/v1/waves"): _HELD,
    ("GET", "/v1/waves/{wave}"): _WHOLE,
    ("POST", "/v1/simulations"): _WHOLE,
    ("POST", "/v1/policies/simulations"): _WHOLE,
    ("POST", "/v1/safety-stock"): _WHOLE,
    ("POST", "/v1/holds"): _HELD,
    ("GET", "/v1/holds/{hold}"): _HELD,
    ("POST", "/v1/holds/{hold}/change"): _HELD,
    ("POST", "/v1/holds/{hold}/release"): _HELD,
    ("GET", "/v1/reservations"): _HELD,
    ("POST", "/v1/reservations/{number}/move"): _HELD,
    ("POST", "/v1/reservations/{number}/give"): _HELD,
    # A decision tells what every site had.
    ("GET", "/v1/decisions"): _WHOLE,
    ("POST", "/v1/returns"): _HELD,
    ("GET", "/v1/returns/{rma}"): _HELD,
    ("POST", "/v1/returns/{rma}/in-transit"): _HELD,
    ("POST", "/v1/returns/{rma}/cancel"): _HELD,
    # What is reversed may have been put away at any site.
    ("POST", "/v1/returns/{rma}/reverse"): _WHOLE,
    # A unit waits at the site of the bench that recorded it.
    ("GET", "/v1/returns/blind"): _HELD,
    ("GET", "/v1/returns/blind/{label}/candidates"): _HELD,
    ("POST", "/v1/returns/blind/{label}/match"): _HELD,
    ("GET", "/v1/availability"): _HELD,
    ("POST", "/v1/write-offs"): _HELD,
    ("GET", "/v1/write-offs"): _HELD,
    ("GET", "/v1/write-offs/{code}"): _HELD,
    ("POST", "/v1/write-offs/{code}/decision"): _HELD,
    # A unit is worked on at the site of its place.
    ("GET", "/v1/work-orders"): _HELD,
    ("POST", "/v1/work-orders"): _HELD,
    ("GET", "/v1/work-orders/{code}"): _HELD,
    ("POST", "/v1/work-orders/{code}/start"): _HELD,
    ("POST", "/v1/work-orders/{code}/step"): _HELD,
    ("POST", "/v1/work-orders/{code}/finish"): _HELD,
    ("POST", "/v1/work-orders/{code}/give-up"): _HELD,
    ("POST", "/v1/work-orders/{code}/undo"): _HELD,
    # A consignment leaves one site.
    ("POST", "/v1/consignments"): _HELD,
    ("GET", "/v1/consignments"): _HELD,
    ("GET", "/v1/consignments/{code}"): _HELD,
    ("POST", "/v1/consignments/{code}/units"): _HELD,
    ("POST", "/v1/consignments/{code}/remove"): _HELD,
    ("POST", "/v1/consignments/{code}/pack"): _HELD,
    ("POST", "/v1/consignments/{code}/handovers"): _HELD,
    ("POST", "/v1/consignments/{code}/depart"): _HELD,
    ("POST", "/v1/consignments/{code}/reverse"): _HELD,
    ("POST", "/v1/consignments/{code}/settle"): _HELD,
    ("POST", "/v1/consignments/{code}/cancel"): _HELD,
    ("GET", "/v1/consignments/{code}/claim.pdf"): _HELD,
    ("GET", "/v1/consignments/{code}/claim.csv"): _HELD,
    ("GET", "/v1/consignments/{code}/manifest.pdf"): _HELD,
    ("GET", "/v1/consignments/{code}/manifest.csv"): _HELD,
    ("GET", "/v1/consignments/{code}/donation.pdf"): _HELD,
    ("GET", "/v1/consignments/{code}/donation.csv"): _HELD,
    ("GET", "/v1/consignments/{code}/disposal.pdf"): _HELD,
    ("GET", "/v1/consignments/{code}/disposal.csv"): _HELD,
    # A unit stands at one site; what nobody could name, at that of its bench.
    ("POST", "/v1/units/{label}/disposition"): _HELD,
    ("POST", "/v1/units/{label}/name"): _HELD,
    ("POST", "/v1/units/{label}/reverse"): _HELD,
    ("GET", "/v1/units/unidentified"): _HELD,
    # Books, and money for a customer, are of no site.
    ("GET", "/v1/journal"): _WHOLE,
    ("GET", "/v1/journal/export"): _WHOLE,
    ("POST", "/v1/books"): _WHOLE,
    ("GET", "/v1/books"): _FREE,
    ("GET", "/v1/refunds"): _WHOLE,
    ("GET", "/v1/refunds/{code}"): _WHOLE,
    ("POST", "/v1/refunds/{code}/approve"): _WHOLE,
    ("POST", "/v1/refunds/{code}/reject"): _WHOLE,
    ("POST", "/v1/refunds/{code}/payout"): _WHOLE,
    ("POST", "/v1/refunds/{code}/reverse"): _WHOLE,
    ("POST", "/v1/returns/{rma}/credits"): _WHOLE,
    ("POST", "/v1/returns/{rma}/replacements/{line}/decision"): _WHOLE,
    ("POST", "/v1/returns/{rma}/replacements/{line}/payments"): _WHOLE,
    ("POST", "/v1/returns/{rma}/replacements/{line}/payments/reverse"): _WHOLE,
    # An exception is of the site where its subject is; those of the whole business are read by who answers.
    ("GET", "/v1/exceptions"): _HELD,
    ("GET", "/v1/exceptions/{number}"): _HELD,
    ("POST", "/v1/exceptions/{number}/resolve"): _HELD,
    ("GET", "/v1/moves"): _HELD,
    ("GET", "/v1/balances"): _HELD,
    ("GET", "/v1/balances/{account_id}/moves"): _HELD,
    ("GET", "/v1/stock"): _HELD,
    # Which site a parcel will reach is not known before it does.
    ("GET", "/v1/stock/expected-returns"): _WHOLE,
    # What happened to a unit or an order happened wherever it was; an audit looks at everything.
    ("GET", "/v1/timeline"): _WHOLE,
    ("GET", "/v1/events/{event_id}"): _WHOLE,
    # A photo is of the benches that named it.
    ("GET", "/v1/photos/{sha256}"): _HELD,
    ("GET", "/v1/audit"): _WHOLE,
    ("GET", "/v1/audit/recent"): _WHOLE,
    ("GET", "/v1/audit/acts"): _WHOLE,
    ("GET", "/v1/audit/security"): _WHOLE,
    ("GET", "/v1/audit/stations/{station_id}/balances"): _WHOLE,
    ("GET", "/v1/audit/checkpoints"): _WHOLE,
    ("GET", "/v1/audit/checkpoints/{number}"): _WHOLE,
    ("GET", "/v1/audit/consistency"): _WHOLE,
    ("GET", "/v1/audit/events/{event_id}/proof"): _WHOLE,
    ("GET", "/v1/audit/feed/{pos}/proof"): _WHOLE,
    ("GET", "/metrics"): _WHOLE,
    # An approver of several sites is everybody's there to see; ending a key may concern any of them.
    ("POST", "/v1/approvers"): _HELD,
    ("GET", "/v1/approvers"): _HELD,
    ("GET", "/v1/approvers/{code}"): _HELD,
    ("POST", "/v1/approvers/{code}/revoke"): _HELD,
    ("POST", "/v1/approvers/{code}/unlock"): _HELD,
    ("GET", "/v1/approvers/{code}/digest"): _HELD,
    ("GET", "/v1/approvals"): _HELD,
    # A person is of no site.
    ("POST", "/v1/personal"): _WHOLE,
    ("POST", "/v1/personal/{ref}/read"): _WHOLE,
    ("POST", "/v1/personal/export"): _WHOLE,
    ("POST", "/v1/personal/erase"): _WHOLE,
    ("POST", "/v1/personal/erase-event"): _WHOLE,
    ("POST", "/v1/personal/retention"): _WHOLE,
    ("POST", "/v1/enrolment-codes"): _HELD,
    ("GET", "/v1/stations"): _HELD,
    ("POST", "/v1/stations/{station_id}/shut-out"): _HELD,
    ("POST", "/v1/stations/{station_id}/let-in"): _HELD,
    # Nobody gives, sees or ends what reaches further than their own.
    ("POST", "/v1/tokens"): _HELD,
    ("GET", "/v1/tokens"): _HELD,
    ("POST", "/v1/tokens/{name}/end"): _HELD,
    ("POST", "/v1/sign-out"): _FREE,
}


def require_whole(method: str, path: str, sites: Sites) -> None:
    """Refuses a token of some sites where only one for all of them will do.

    Raises:
        Forbidden: `token.all_sites`.
    """
    if sites is not None and SITED.get((method, path), Sited.WHOLE) is Sited.WHOLE:
        raise Forbidden(
            "token.all_sites",
            f"Read a token of {len(sites)} sites.",
            "Expected one for all sites: the answer is about all of them.",
            "Ask somebody whose token is for all sites.",
        )
