"""Deliberate bugs, put in by name for the length of a block: what the simulator has to find.

Each is a small change of what the product does, made from outside; nothing of the product knows of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from tests.simulator.mutants.approvals import APPROVALS
from tests.simulator.mutants.centre import CENTRE
from tests.simulator.mutants.client import CLIENT
from tests.simulator.mutants.patching import Mutant
from tests.simulator.mutants.projection import PROJECTION
from tests.simulator.mutants.storage import STORAGE
from tests.simulator.mutants.supervisors import SUPERVISORS

MUTANTS: Mapping[str, Mutant] = {
    mutant.name: mutant for mutant in (*CLIENT, *CENTRE, *STORAGE, *APPROVALS, *PROJECTION, *SUPERVISORS)
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The product with this bug in it; with none for an empty name."""
    with ExitStack() as stack:
        if name:
            MUTANTS[name].put_in(stack)
        yield
