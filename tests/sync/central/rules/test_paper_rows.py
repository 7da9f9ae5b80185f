"""A table has a row for each line, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

from sync.central.rules.paper_rows import table
from sync.central.rules.paper_said import Certificate, Handover, Kind, Said
from tests.sync.central.rules.test_paper_said import AT, goods, said


def rows(found: Said, kind: Kind) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(found, kind))))


def test_a_table_has_a_row_for_each_line_and_no_formula() -> None:
    evil = goods(1, rejected=1, why='=HYPERLINK("x")')
    found = rows(said("vendor_return", evil, goods(2)), Kind.CLAIM)
    assert [(row["line"], row["cost"], row["label"]) for row in found] == [
        ("1", "1.00", "L07-1-X"),
        ("2", "1.00", "L07-2-X"),
    ]
    assert found[0]["rejected_why"] == '\'=HYPERLINK("x")'
    assert list(rows(said("donate", goods(1)), Kind.DONATION)[0])[-1] == "currency"


def test_a_disposal_says_its_proof_in_each_row() -> None:
    one = Certificate("C-118", "FIRE", "2026-11-23", None, 3, None)
    chain = (Handover(AT, "Ana", "Meyer", "Dock 3", None), Handover(AT, "Meyer", "Plant", "Plant", "S-2"))
    found = said("recycle", goods(1, regulated="food"), certificate=one, handovers=chain)
    (row,) = rows(found, Kind.DISPOSAL)
    assert (row["certificate"], row["units"], row["weight_g"]) == ("C-118", "3", "")
    assert row["handed_over"].endswith("Meyer to Plant")
    (bare,) = rows(said("scrap", goods(1)), Kind.DISPOSAL)
    assert (bare["certificate"], bare["handed_over"]) == ("", "")
