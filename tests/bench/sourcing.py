"""Sourcing of the fixed instance: what the answer costs beside the best one known, strictly and as a wave."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from sync.central.rules.sourcing.shapes import Answer
from sync.central.rules.sourcing.solver import highs
from sync.central.rules.sourcing.strict import in_strict_order
from sync.central.rules.sourcing.wave import Effort, as_wave
from tests.bench.figures import Figure, Target
from tests.bench.grown import Say
from tests.bench.sourcing_instance import BEST_KNOWN_MINOR, Instance, generated, judged

_WHOLE = 1_000
_QUICK_MOST, _LONG_MOST = 1.05, 1.02
_ROUNDS = 1_000_000
_PRICES, _FEW_PRICES, _SHORT_S = 200, 70, 5.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is sourced: orders, how often, the seconds of a quick wave and of a long one."""

    orders: int = _WHOLE
    rounds: int = 3
    quick_s: float = 2.0
    long_s: float = 30.0


def measure(size: Size, say: Say) -> list[Figure]:
    """The cost of each way, with its seconds and the lines it leaves; targets hold for the whole instance."""
    instance = generated(size.orders)
    highs()  # its libraries are loaded once in the life of a program

    def wave(seconds: float) -> Callable[[], Answer]:
        # Prices get better slowly after some dozens of rounds, and a quick wave has other uses for its time.
        effort = Effort(
            rounds=_ROUNDS, seconds=seconds, prices=_PRICES if seconds > _SHORT_S else _FEW_PRICES
        )
        return lambda: as_wave(instance.wave, time.perf_counter, effort)[0]

    found = _figures("sourcing.strict", instance, size.rounds, lambda: in_strict_order(instance.wave))
    say(f"sourcing {size.orders:,} orders in {size.quick_s:g} s, {size.rounds} times")
    found += _figures(
        "sourcing.quick", instance, size.rounds, wave(size.quick_s), most=_QUICK_MOST, seconds=size.quick_s
    )
    say(f"sourcing {size.orders:,} orders in {size.long_s:g} s")
    found += _figures("sourcing.long", instance, 1, wave(size.long_s), most=_LONG_MOST, seconds=size.long_s)
    return found


def _figures(
    name: str,
    instance: Instance,
    rounds: int,
    source: Callable[[], Answer],
    *,
    most: float | None = None,
    seconds: float | None = None,
) -> list[Figure]:
    costs, times, waiting = list[int](), list[float](), list[int]()
    for _ in range(rounds):
        began = time.perf_counter()
        answer = source()
        times.append(time.perf_counter() - began)
        cost, lines = judged(instance, answer)
        costs.append(cost)
        waiting.append(lines)
    lines = sum(len(need.lines) for need in instance.wave.needs)
    whole = len(instance.wave.needs) == _WHOLE
    aims = whole and most is not None
    limit = {"cost": float(BEST_KNOWN_MINOR)} if whole else {}
    about = "the best answer known, found by a general solver in 100 s on 8 threads" if whole else ""
    notes = {"unserved": max(waiting), "seconds": round(max(times), 2), "orders": len(instance.wave.needs)}
    return [
        Figure(
            name,
            "minor",
            {"cost": median(costs)},
            limit,
            about,
            (Target("cost", most),) if aims and most is not None else (),
            notes,
        ),
        Figure(
            f"{name}.lines",
            "served",
            {"value": lines - max(waiting)},
            targets=(Target("value", lines, at_least=True, absolute=True),) if aims else (),
        ),
        Figure(
            f"{name}.time",
            "s",
            {"value": median(times)},
            targets=(Target("value", seconds, absolute=True),) if aims and seconds is not None else (),
        ),
    ]
