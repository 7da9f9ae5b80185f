"""What may differ between two centres has sensible values from the start."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from sync.central.centre import MAX_BODY, Settings


def test_the_defaults_are_the_safe_ones() -> None:
    settings = Settings(app_ver="0.1.0")
    assert (settings.max_body, settings.enrolment_minutes, settings.access_log) == (MAX_BODY, 15, False)
    assert MAX_BODY == 8 * 1024 * 1024


def test_settings_do_not_change_while_a_centre_runs() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings(app_ver="0.1.0").access_log = True  # type: ignore[misc]  # that is the point
