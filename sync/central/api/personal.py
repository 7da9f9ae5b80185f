"""Names, addresses and the like of whoever sends goods back; each look at them is on the record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from sync.central.api.calls import Calls
from sync.central.commands import personal
from sync.central.commands.personal_asked import EventErasure, NewPersonal, ReadPersonal, Retention, Subject

Ref = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


def personal_router(calls: Calls) -> APIRouter:
    """Personal values, apart from all other records."""
    router = APIRouter(prefix="/v1/personal", tags=["personal"], route_class=calls.route)

    @router.post("", summary="Keep personal values of an RMA", status_code=201)
    def keep_(request: Request, body: NewPersonal) -> Response:
        """Sealed with the RMA's own key; other records name the reference in the answer."""
        return calls.command(request, lambda act: personal.keep(act, body), status=201)

    # Reading is a command: it leaves an event. Answers are not stored for a repeated key.
    @router.post("/{ref}/read", summary="Read personal values, for a purpose")
    def read_(request: Request, ref: Ref, body: ReadPersonal) -> Response:
        """The values, or what a label may show of them."""
        return calls.command(request, lambda act: personal.read(act, ref, body), secret=True)

    @router.post("/export", summary="All personal values about somebody")
    def export_(request: Request, body: Subject) -> Response:
        """For the person they are about: of a customer, or of one RMA."""
        return calls.command(request, lambda act: personal.export(act, body), secret=True)

    @router.post("/erase", summary="Erase all personal values about somebody")
    def erase_(request: Request, body: Subject) -> Response:
        """With the keys they are sealed with; facts stay, and name what is no more."""
        return calls.command(request, lambda act: personal.erase(act, body))

    @router.post("/erase-event", summary="Erase the private words of one event")
    def erase_event_(request: Request, body: EventErasure) -> Response:
        """Notes and references that were sealed with it; its facts and its place stay proven."""
        return calls.command(request, lambda act: personal.erase_event(act, body))

    @router.post("/retention", summary="Set how many days personal values stay")
    def retention_(request: Request, body: Retention) -> Response:
        """For what is kept from now on; 14 when nobody set it."""
        return calls.command(request, lambda act: personal.retain(act, body))

    return router
