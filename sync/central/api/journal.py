"""The journal and how books are kept: entries page by page, and whole periods for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from sync.central.api.calls import Calls
from sync.central.api.records import Cursor, Limit
from sync.central.centre import Centre
from sync.central.commands.books import BooksAsked, books_document, keep_books
from sync.central.commands.shapes import Day
from sync.central.store.journal_listing import Period, exported, journal_page, require_booked

Name = Annotated[str | None, Query(min_length=1, max_length=200)]
From = Annotated[Day | None, Query(alias="from")]
Until = Annotated[Day | None, Query()]
_MEDIA = {"csv": "text/csv; charset=utf-8", "beancount": "text/plain; charset=utf-8"}


def journal_router(centre: Centre, calls: Calls) -> APIRouter:
    """What happened, as finance reads it."""
    router = APIRouter(prefix="/v1", tags=["journal"], route_class=calls.route)

    @router.get("/journal", summary="Journal entries")
    def journal_(
        *,
        owner: Name = None,
        first: From = None,
        until: Until = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """In the order they were booked, each with its event; days are those that entries count for."""
        period = Period(owner, first, until)
        return calls.query(lambda conn: journal_page(conn, period, cursor, limit))

    @router.get("/journal/export", summary="The journal for another program", response_class=Response)
    def export_(
        owner: Annotated[str, Query(min_length=1, max_length=200)],
        form: Annotated[Literal["csv", "beancount"], Query(alias="format")] = "csv",
        first: From = None,
        until: Until = None,
    ) -> Response:
        """One owner's entries of a period: a row a line as CSV, or the text that beancount reads."""
        period = Period(owner, first, until)
        with centre.database.read() as conn:
            require_booked(conn, period)
        return StreamingResponse(_text(centre, period, form), media_type=_MEDIA[form])

    @router.post("/books", summary="Say how an owner's books are kept")
    def keep_(request: Request, body: BooksAsked) -> Response:
        """The costing method, and the last closed day; what comes later for it counts for the next day."""
        return calls.command(request, lambda act: keep_books(act, body))

    @router.get("/books", summary="How books are kept")
    def books_() -> Response:
        """By owner; those of whom nothing was said are counted by moving average, every day open."""
        return calls.query(books_document)

    return router


def _text(centre: Centre, period: Period, form: str) -> Iterator[str]:
    today: date = centre.clock.now().date()
    with centre.database.read() as conn:
        yield from exported(conn, period, form, today)
