from __future__ import annotations

from dataclasses import asdict

from app.ledger.owed import Due, Kept


def test_what_is_owed_is_kept_by_name() -> None:
    assert Due(**asdict(Due("0a" * 16, "behind", "0b" * 16))) == Due("0a" * 16, "behind", "0b" * 16)
    assert asdict(Kept(7, "e-7", "cd" * 32)) == {"seq": 7, "event_id": "e-7", "content": "cd" * 32}
