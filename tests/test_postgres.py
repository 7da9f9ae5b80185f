"""Where CI is set, a missing PostgreSQL is a failure; elsewhere it is a skip with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres


def test_a_missing_server_fails_where_ci_is_set_and_skips_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "find_programs", lambda: None)
    with pytest.raises(pytest.fail.Exception, match=r"not installed.*CI"):
        postgres.required_programs({"CI": "true"})
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        postgres.required_programs({})


def test_one_that_is_here_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "find_programs", lambda: tmp_path)
    assert postgres.required_programs({"CI": "true"}) == tmp_path
