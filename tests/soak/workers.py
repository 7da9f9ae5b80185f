"""The processes of a soak: they stay from part to part, since each takes seconds to become ready."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Self

from tests.soak.lane import Slice
from tests.soak.parts import work
from tests.soak.tally import Tally


class Workers:
    """So many processes, ended with the block; one is this process itself."""

    def __init__(self, most: int) -> None:
        self._pool = ProcessPoolExecutor(most, mp_context=get_context("spawn")) if most > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def do(self, slices: Sequence[Slice]) -> Tally:
        """What the lanes of a part came to together; a process that died is told."""
        found = Tally()
        if self._pool is None:
            for given in slices:
                found.add(work(given))
            return found
        for given, lane in [(given, self._pool.submit(work, given)) for given in slices]:
            try:
                found.add(lane.result())
            except Exception as fault:  # noqa: BLE001 - whatever it is, the table says it and the end is red
                found.failed.append(f"{given.part} broke down: {fault!r}")
        return found
