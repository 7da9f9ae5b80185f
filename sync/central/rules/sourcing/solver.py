"""Exact sourcing of a few orders at once by HiGHS: each takes one of its patterns, within what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sync.central.rules.sourcing.case import Left, Pattern
from sync.central.rules.sourcing.shapes import Cell

_NODES = 200
_GAP_MINOR = 0.5
_TAKEN = 0.5
_LEAST_S = 0.05


class SolverError(Exception):
    """The solver cannot be used."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pattern that an order may take; `cost` is what it counts for."""

    order: int
    pattern: Pattern
    cost: float


Solve = Callable[[Sequence[Candidate], Left, float], list[int] | None]
"""Candidates, what is left, seconds at most: the places of the candidates that are taken, one an order.

None when it found no answer in time. Raises SolverError when the solver cannot be used.
"""


@dataclass(slots=True)
class _Matrix:
    """The columns of the model; a row is an order (one pattern each), a cell, or a site's parcels."""

    orders: list[int] = field(default_factory=list)
    rows: dict[int | str | Cell, int] = field(default_factory=dict)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    places: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, candidate: Candidate, left: Left) -> None:
        """One column."""
        if candidate.order not in self.rows:
            self.orders.append(candidate.order)
        used: dict[int | str | Cell, float] = {candidate.order: 1}
        self._row(candidate.order, 1, 1)
        for way in candidate.pattern.ways:
            for cell, units in way.uses if way else ():
                used[cell] = used.get(cell, 0) + units
                self._row(cell, 0, left.stock.get(cell, 0))
        for site in candidate.pattern.sites:
            used[site] = 1
            self._row(site, 0, left.parcels[site])
        for key, value in used.items():
            self.places.append(self.rows[key])
            self.values.append(value)
        self.starts.append(len(self.places))

    def _row(self, key: int | str | Cell, least: float, most: float) -> None:
        if key not in self.rows:
            self.rows[key] = len(self.most)
            self.least.append(least)
            self.most.append(most)


def highs() -> Solve:
    """A solver on one thread, so that the same question has the same answer.

    Raises:
        SolverError: a library is not there.
    """
    try:
        import highspy  # noqa: F401, PLC0415 - the centre starts without it
        import numpy as np  # noqa: F401, PLC0415 - as above
    except ImportError as missing:
        raise SolverError(f"{missing.name or 'a library'} is not installed") from missing
    return _solve


def _solve(candidates: Sequence[Candidate], left: Left, seconds: float) -> list[int] | None:
    import highspy  # noqa: PLC0415 - as above
    import numpy as np  # noqa: PLC0415 - as above
    from highspy._core import _Highs  # noqa: PLC0415 - the public class greets on stdout when it is made

    matrix = _Matrix()
    for candidate in candidates:
        matrix.add(candidate, left)
    matrix.orders.sort()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(candidates), len(matrix.most)
    lp.col_cost_ = np.array([candidate.cost for candidate in candidates], dtype=np.float64)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(candidates)), np.ones(len(candidates))
    lp.row_lower_ = np.array(matrix.least, dtype=np.float64)
    lp.row_upper_ = np.array(matrix.most, dtype=np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.array(matrix.starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(matrix.places, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(matrix.values, dtype=np.float64)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(candidates)
    model = _Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("mip_max_nodes", _NODES),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", _GAP_MINOR),
        ("time_limit", max(seconds, _LEAST_S)),
    ):
        model.setOptionValue(option, value)
    if highspy.HighsStatus.kError in {model.passModel(lp), model.run()}:
        raise SolverError(f"HiGHS failed: {model.modelStatusToString(model.getModelStatus())}")
    taken = [place for place, value in enumerate(model.getSolution().col_value) if value > _TAKEN]
    return taken if sorted(candidates[place].order for place in taken) == matrix.orders else None
