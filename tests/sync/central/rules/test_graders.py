"""What of several people's grades of one unit stands unsettled."""

from __future__ import annotations

import pytest

from sync.central.rules.graders import Dispute, Graded, dispute

ANN, BEN, CYD = Graded("ann", "A"), Graded("ben", "C", "A"), Graded("cyd", "B", "C")
ANN_B = Graded("ann", "B", "A")


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ([], None),
        ([ANN], None),
        ([ANN, BEN], Dispute(ANN, BEN)),
        # One person may see more at a second look, and two may see the same.
        ([ANN, Graded("ann", "C", "A")], None),
        ([ANN, Graded("ben", "A", "A")], None),
        ([ANN, ANN_B, Graded("ben", "C", "B")], Dispute(ANN_B, Graded("ben", "C", "B"))),
        # A third person, a word, or one of the two who comes round settles it.
        ([ANN, BEN, CYD], None),
        ([ANN, BEN, Graded("sue", "C", "C", settles=True)], None),
        ([ANN, BEN, Graded("ann", "C", "C")], None),
        ([ANN, BEN, Graded("ben", "A", "C")], None),
        ([ANN, BEN, Graded("ben", "D", "C")], Dispute(ANN, Graded("ben", "D", "C"))),
        ([ANN, BEN, Graded("ann", "B", "C")], Dispute(Graded("ann", "B", "C"), BEN)),
        # What settled it is what the next one is held against.
        ([ANN, BEN, CYD, Graded("ann", "A", "B")], Dispute(CYD, Graded("ann", "A", "B"))),
        # Two who agreed, from the start or after a dispute, may disagree later.
        ([ANN, Graded("ben", "A", "A"), ANN_B], Dispute(Graded("ben", "A", "A"), ANN_B)),
        ([ANN, Graded("ben", "A", "A"), BEN], Dispute(ANN, BEN)),
        ([ANN, BEN, Graded("ann", "C", "C"), Graded("ann", "D", "C")], Dispute(BEN, Graded("ann", "D", "C"))),
        ([ANN, BEN, Graded("cyd", "C", "C"), Graded("cyd", "A", "C")], Dispute(BEN, Graded("cyd", "A", "C"))),
        # Work on it made it another grade meanwhile.
        ([ANN, Graded("ben", "C", "D")], None),
    ],
)
def test_who_disagrees(said: list[Graded], stands: Dispute | None) -> None:
    assert dispute(said) == stands
