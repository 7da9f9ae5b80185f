"""Progress: at most once a second, in percent, pace and time left."""

from __future__ import annotations

from datetime import UTC, datetime

from app.replay.progress import Progress


class Watch:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.ms = 5_000.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic_ms(self) -> float:
        return self.ms


def test_it_speaks_once_a_second_and_not_before() -> None:
    watch, said = Watch(), list[str]()
    progress = Progress(said.append, watch, 10_000, 0)
    for _ in range(30):
        watch.ms += 100
        progress.more(100)
    assert said == [
        "10 %: 1,000 of 10,000 rows, 1,000 rows/s, about 9 s left",
        "20 %: 2,000 of 10,000 rows, 1,000 rows/s, about 8 s left",
        "30 %: 3,000 of 10,000 rows, 1,000 rows/s, about 7 s left",
    ]


def test_what_an_earlier_start_did_counts_as_done_and_not_as_pace() -> None:
    watch, said = Watch(), list[str]()
    progress = Progress(said.append, watch, 600_000, 300_000)
    watch.ms += 2_000
    progress.more(1_000)
    assert said == ["50 %: 301,000 of 600,000 rows, 500 rows/s, about 10 min left"]


def test_rows_without_weight_promise_nothing() -> None:
    watch, said = Watch(), list[str]()
    progress = Progress(said.append, watch, 0, 0)
    watch.ms += 1_000
    progress.more(0)
    assert said == ["0 %: 0 of 0 rows, 0 rows/s, about some time left"]
