"""Papers over HTTP: each route's own, as PDF and as a table, under a name that says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.documents.pictures import texts
from tests.scenarios.floor import open_floor
from tests.sync.central.api.test_consignments import draft


@pytest.mark.parametrize(
    ("route", "kind", "title"),
    [
        ("vendor_return", "claim", "Vendor claim"),
        ("liquidate", "manifest", "Lot manifest"),
        ("donate", "donation", "Donation list"),
        ("scrap", "disposal", "Disposal note"),
        ("recycle", "disposal", "Disposal note"),
    ],
)
def test_every_route_has_its_paper(tmp_path: Path, route: str, kind: str, title: str) -> None:
    with open_floor(tmp_path) as floor:
        code = draft(floor, route)
        pdf = floor.service.http.get(f"/v1/consignments/{code}/{kind}.pdf")
        assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
        assert f"{code}-{kind}.pdf" in pdf.headers["content-disposition"]
        assert title in texts(pdf.content)[0]
        table = floor.service.http.get(f"/v1/consignments/{code}/{kind}.csv")
        assert (table.status_code, table.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert table.text.startswith("consignment,counterpart,")
        other = "manifest" if kind == "claim" else "claim"
        for form in ("pdf", "csv"):
            no = floor.service.http.get(f"/v1/consignments/{code}/{other}.{form}")
            assert (no.status_code, no.json()["code"]) == (422, "consignment.paper")
        assert floor.service.http.get(f"/v1/consignments/G-9-9/{kind}.pdf").status_code == 404
