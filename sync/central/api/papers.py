"""The papers of consignments over HTTP: PDF for people, CSV for their programs."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from sync.central.api.calls import Calls
from sync.central.centre import Centre
from sync.central.papers import drawn
from sync.central.rules.paper_rows import table
from sync.central.rules.paper_said import Kind, Said, require_kind
from sync.central.store.consignment_papers import said_of

_PDF, _CSV = "application/pdf", "text/csv; charset=utf-8"


def papers_router(centre: Centre, calls: Calls) -> APIRouter:
    """What a vendor, a buyer, a charity or an authority is given."""
    router = APIRouter(prefix="/v1/consignments/{code}", tags=["consignments"], route_class=calls.route)

    def said(request: Request, code: str, kind: Kind) -> Said:
        with centre.database.read() as conn:
            calls.scope(request, conn).consignment(code)
            found = said_of(conn, code)
        require_kind(found, kind)
        return found

    def pdf(request: Request, code: str, kind: Kind) -> Response:
        made = drawn(centre.outfit, said(request, code, kind), kind)
        return _file(made, _PDF, f"{code}-{kind.value}.pdf")

    def rows(request: Request, code: str, kind: Kind) -> Response:
        return _file(table(said(request, code, kind), kind).encode(), _CSV, f"{code}-{kind.value}.csv")

    @router.get("/claim.pdf", summary="A vendor return's claim pack", response_class=Response)
    def claim_pdf_(request: Request, code: str) -> Response:
        """Each unit with where it was bought and sold, what was found, by whom, its cost and its photos."""
        return pdf(request, code, Kind.CLAIM)

    @router.get("/claim.csv", summary="The same as a table", response_class=Response)
    def claim_csv_(request: Request, code: str) -> Response:
        """A row a line; photos by their SHA-256."""
        return rows(request, code, Kind.CLAIM)

    @router.get("/manifest.pdf", summary="A liquidation lot's manifest", response_class=Response)
    def manifest_pdf_(request: Request, code: str) -> Response:
        """Units by item, grade and lot, with their cost and what they are worth new."""
        return pdf(request, code, Kind.MANIFEST)

    @router.get("/manifest.csv", summary="The same as a table", response_class=Response)
    def manifest_csv_(request: Request, code: str) -> Response:
        """A row a line, each unit by itself where it has a label or a serial."""
        return rows(request, code, Kind.MANIFEST)

    @router.get("/donation.pdf", summary="A donation list", response_class=Response)
    def donation_pdf_(request: Request, code: str) -> Response:
        """Units by item, grade and lot, with lines to sign on."""
        return pdf(request, code, Kind.DONATION)

    @router.get("/donation.csv", summary="The same as a table", response_class=Response)
    def donation_csv_(request: Request, code: str) -> Response:
        """A row a line."""
        return rows(request, code, Kind.DONATION)

    @router.get("/disposal.pdf", summary="A disposal certificate", response_class=Response)
    def disposal_pdf_(request: Request, code: str) -> Response:
        """What was destroyed or recycled, what the processor certified, and the chain of custody."""
        return pdf(request, code, Kind.DISPOSAL)

    @router.get("/disposal.csv", summary="The same as a table", response_class=Response)
    def disposal_csv_(request: Request, code: str) -> Response:
        """A row a line, each with the certificate and the handovers."""
        return rows(request, code, Kind.DISPOSAL)

    return router


def _file(data: bytes, media: str, name: str) -> Response:
    shown = f"inline; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=media, headers={"Content-Disposition": shown})
