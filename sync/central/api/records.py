"""Items, locations and policies."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from sync.central.api.calls import Calls, speaker_of
from sync.central.commands import catalogue
from sync.central.commands.items import put_items
from sync.central.commands.requests import Policy
from sync.central.store import listing

_MOST = 5_000


class Items(BaseModel):
    """Items as `app.domain.item.Item.to_json` writes them; unknown fields are kept."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"items": [{"sku": "K-17", "name": "Kettle 1.7 l", "gtins": ["4006381333931"], "safety": 2}]}
            ]
        },
    )
    items: tuple[dict[str, Any], ...] = Field(max_length=_MOST)


class Locations(BaseModel):
    """Real places; `kind` is site, zone, bin, bench, dock or tote."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"locations": [{"code": "R-03", "kind": "bin", "name": "Returns 3", "site": "WH1"}]}]
        },
    )
    locations: tuple[dict[str, Any], ...] = Field(max_length=_MOST)


Cursor = Annotated[str | None, Query(max_length=80)]
Limit = Annotated[int, Query(ge=1, le=listing.MOST)]


def records_router(calls: Calls) -> APIRouter:
    """The records the centre publishes to every station."""
    router = APIRouter(prefix="/v1", tags=["records"], route_class=calls.route)

    @router.post("/items", summary="Send items, new or changed")
    def put_items_(request: Request, body: Items) -> Response:
        """Items that cannot be read are named with their index; the others are taken.

        Those of which the caller is not the owner are kept as proposals, listed under `proposed`.
        """
        speaker = speaker_of(request)
        return calls.command(request, lambda act: put_items(act, body.items, speaker))

    @router.get("/items", summary="Items by SKU")
    def items_(
        external: Annotated[str | None, Query(max_length=200, pattern=r"^[^:\x00]+:[^\x00]+$")] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """One page; `next` is the cursor of the following one. `external`: the item that SYSTEM calls ID."""
        if external is not None:
            system, _, identity = external.partition(":")
            return calls.query(lambda conn: listing.items_named(conn, system, identity))
        return calls.query(lambda conn: listing.items(conn, cursor, limit))

    @router.get("/items/{sku}", summary="One item")
    def item_(sku: str) -> Response:
        """The item's document as it was sent."""
        return calls.query(lambda conn: listing.one_item(conn, sku))

    @router.post("/locations", summary="Send locations, new or changed")
    def put_locations_(request: Request, body: Locations) -> Response:
        """Locations that cannot be read are named with their index; the others are taken or proposed.

        A site may carry its policy: `labour_units_per_day`, `cutoffs`, `zones` with costs, `currency`.
        """
        speaker = speaker_of(request)
        return calls.command(request, lambda act: catalogue.put_locations(act, body.locations, speaker))

    @router.get("/locations", summary="All locations")
    def locations_() -> Response:
        """Every location by code."""
        return calls.query(listing.locations)

    @router.post("/policies", summary="Publish a returns policy", status_code=201)
    def publish_policy_(request: Request, body: Policy) -> Response:
        """The policy is read whole before it is in force; a mistake names its line."""
        return calls.command(request, lambda act: catalogue.publish_policy(act, body.source), status=201)

    @router.get("/policies/current", summary="The policy in force")
    def policy_() -> Response:
        """Its version and its text."""
        return calls.query(catalogue.current_policy)

    return router
