"""Items, locations and policies."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from sqlalchemy import Connection

from app.domain.policy.shapes import DEFAULT
from sync.central.api.calls import Answer, Calls, speaker_of
from sync.central.commands import catalogue
from sync.central.commands.items import put_items
from sync.central.commands.requests import Policy
from sync.central.rules.item_fields import require_known
from sync.central.rules.item_schema import ITEM_SCHEMA
from sync.central.store import listing
from sync.central.store.act import Act
from sync.central.store.returns_policy import returns_policy
from sync.central.store.scope import Scope

_MOST = 5_000


class Items(BaseModel):
    """Items as `app.domain.item.Item.to_json` writes them, with `safety`; a field that is none is refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"items": [{"sku": "K-17", "name": "Kettle 1.7 l", "gtins": ["4006381333931"], "safety": 2}]}
            ]
        },
    )
    items: tuple[Annotated[dict[str, Any], WithJsonSchema(ITEM_SCHEMA)], ...] = Field(max_length=_MOST)


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

        So are those with a field or a category that nobody knows. Those of which the caller is not the owner
        are kept as proposals, listed under `proposed`.
        """
        speaker = speaker_of(request)

        def do(act: Act) -> Answer:
            policy = returns_policy(act.conn)
            known = {*policy.categories, DEFAULT} if policy else None
            return put_items(act, body.items, speaker, partial(require_known, categories=known))

        return calls.command(request, do, current=_single(body))

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
    def item_(request: Request, sku: str) -> Response:
        """The item's document as it was sent, with its ETag."""
        return calls.shared(request, lambda conn: listing.one_item(conn, sku))

    @router.post("/locations", summary="Send locations, new or changed")
    def put_locations_(request: Request, body: Locations) -> Response:
        """Locations that cannot be read are named with their index; the others are taken or proposed.

        A site may carry its policy: `labour_units_per_day`, `cutoffs`, `zones` with costs, `currency`.
        """
        speaker = speaker_of(request)
        return calls.command(
            request,
            lambda act: catalogue.put_locations(act, body.locations, speaker),
            within=partial(_inside, body),
        )

    @router.get("/locations", summary="All locations")
    def locations_(request: Request) -> Response:
        """Every location of the caller's sites by code."""
        return calls.scoped(request, lambda conn, scope: listing.locations(conn, scope.sites))

    _offer_policies(router, calls)
    return router


def _offer_policies(router: APIRouter, calls: Calls) -> None:
    @router.post("/policies", summary="Publish a returns policy", status_code=201)
    def publish_policy_(request: Request, body: Policy) -> Response:
        """The policy is read whole before it is in force; a mistake names its line."""
        return calls.command(
            request,
            lambda act: catalogue.publish_policy(act, body.source),
            status=201,
            current=catalogue.current_policy,
        )

    @router.get("/policies/current", summary="The policy in force")
    def policy_(request: Request) -> Response:
        """Its version and its text, with its ETag."""
        return calls.shared(request, catalogue.current_policy)


def _single(body: Items) -> Callable[[Connection], Answer] | None:
    """The one item that is sent, as it is shown; None when it is not one."""
    sku = body.items[0].get("sku") if len(body.items) == 1 else None
    return (lambda conn: listing.one_item(conn, sku)) if isinstance(sku, str) else None


def _inside(body: Locations, scope: Scope) -> None:
    """A location neither comes from nor goes to a site outside."""
    if scope.sites is None:
        return
    scope.act_at(*(code for sent in body.locations if isinstance(code := sent.get("code"), str)))
    for sent in body.locations:
        site = sent.get("site")
        scope.act(site if isinstance(site, str) else None)
