"""The demo's last sentence."""

from __future__ import annotations

from app.command.demo import _plain

FOUND: dict[str, object] = {
    "returns": 220,
    "units_graded": 812,
    "units_restocked": 530,
    "atp_before": 100,
    "atp_after": 600,
    "units_promised_meanwhile": 30,
    "labels": 220,
    "events_sent": 400,
    "waiting": 0,
    "seconds": 31.4,
    "violations": [],
}


def test_the_sentence_tells_batches_from_units() -> None:
    said = _plain(FOUND, None)
    assert (
        "220 batches graded, each of like units under one label: 812 units, 530 of them back on sale" in said
    )
    assert said.endswith("every law held.")


def test_a_broken_law_stands_in_the_sentence() -> None:
    assert "VIOLATIONS: ['x']" in _plain(FOUND | {"violations": ["x"]}, None)
