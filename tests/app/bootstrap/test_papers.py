"""Papers go into a folder, whatever a consignment is called; a folder that cannot be is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap.papers import outfit, write_papers
from app.domain.refusal import Refused
from tests.sync.central.test_papers import SAID


def test_a_claim_is_written_as_pdf_and_as_a_table(tmp_path: Path) -> None:
    pdf, table = write_papers(replace(SAID, code="G/1:8"), tmp_path / "deep" / "er")
    assert (pdf.name, table.name) == ("G_1_8-claim.pdf", "G_1_8-claim.csv")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert table.read_text().startswith("consignment,")


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(Refused) as no:
        write_papers(SAID, tmp_path / "taken")
    assert no.value.code == "papers.folder"


def test_a_centre_of_this_program_draws() -> None:
    assert outfit().draws is not None
    assert outfit().photos is None
