"""Owners of stock, owners of records, and what others propose to write into those."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Calls, speaker_of
from sync.central.api.records import Cursor, Limit
from sync.central.commands.ownership import RecordOwner, name_owner, named_owners
from sync.central.commands.parties import Owners, owners_document, put_owners
from sync.central.commands.proposal_decision import ProposalDecision, decide
from sync.central.store import listing


def parties_router(calls: Calls) -> APIRouter:
    """Whose goods these are, and whose records."""
    router = APIRouter(prefix="/v1", tags=["parties"], route_class=calls.route)

    @router.post("/owners", summary="Send owners of stock, new or changed")
    def put_owners_(request: Request, body: Owners) -> Response:
        """Legal entities and clients; all of them are taken or none."""
        return calls.command(request, lambda act: put_owners(act, body))

    @router.get("/owners", summary="All owners of stock")
    def owners_() -> Response:
        """By code; `unknown` are codes that own stock and were never sent here."""
        return calls.query(owners_document)

    @router.post("/record-owners", summary="Name who owns records")
    def name_owner_(request: Request, body: RecordOwner) -> Response:
        """From then on what anybody else sends of these records becomes a proposal."""
        return calls.command(request, lambda act: name_owner(act, body))

    @router.get("/record-owners", summary="Who owns which records")
    def named_owners_() -> Response:
        """The centre where nobody was named."""
        return calls.query(named_owners)

    @router.get("/proposals", summary="What others would write into records they do not own")
    def proposals_(
        state: Annotated[Literal["open", "accepted", "rejected"] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """Oldest first, each with the whole record as proposed."""
        return calls.query(lambda conn: listing.proposals(conn, state, cursor, limit))

    @router.post("/proposals/{number}/decision", summary="Accept or reject a proposal")
    def decide_(
        request: Request, number: Annotated[int, Path(ge=1, le=EXACT_MAX)], body: ProposalDecision
    ) -> Response:
        """Never the proposer; what is accepted is written whole or not at all."""
        speaker = speaker_of(request)
        return calls.command(request, lambda act: decide(act, number, body, speaker))

    return router
