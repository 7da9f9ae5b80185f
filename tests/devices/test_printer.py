"""Print jobs: what may be one."""

from __future__ import annotations

import pytest

from app.domain.refusal import Unavailable
from devices.printer import Cause, PrinterUnavailable, PrintJob


@pytest.mark.parametrize("code", ["", "../up", "a/b", ".hidden", "L07 5521", "L" * 81, "L\n"])
def test_a_code_that_is_no_file_name_is_no_label_code(code: str) -> None:
    with pytest.raises(ValueError, match="no label code"):
        PrintJob(b"^XA^XZ", "zpl", code)


def test_a_job_has_at_least_one_copy() -> None:
    with pytest.raises(ValueError, match="0 copies"):
        PrintJob(b"^XA^XZ", "zpl", "L07-5521-D", 0)


def test_an_unavailable_printer_is_the_world_not_a_rule() -> None:
    away = PrinterUnavailable(Cause.OUT_OF_LABELS, "errors 1")
    assert isinstance(away, Unavailable)
    assert (str(away), away.taken) == ("out of labels: errors 1", False)
