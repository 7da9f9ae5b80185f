"""What is said of a unit beside its answers and its grade: photos or why there are none, notes, lost parts.

Each is a word in the same list, in its order, so that taking the last word back is taking the step back.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Aside(StrEnum):
    """The kinds of such words; no question of a policy may have their names."""

    PHOTO = "photo"
    NO_PHOTO = "no_photo"
    NOTE = "note"
    PART = "part"


class NoPhoto(StrEnum):
    """Why a photo that was wanted is not there, as the record says it."""

    NO_CAMERA = "no_camera"
    CAMERA_AWAY = "camera_away"
    CAMERA_SLOW = "camera_slow"
    DISK_FULL = "disk_full"
    NOT_KEPT = "not_kept"


_KINDS = frozenset(kind.value for kind in Aside)


def aside(kind: Aside, what: str) -> str:
    """The word, such as `photo.` with the photo's address."""
    return f"{kind}.{what}"


def is_aside(word: str) -> bool:
    """True for a word that neither answers nor grades."""
    return word.partition(".")[0] in _KINDS


def told(kind: Aside, said: Sequence[str]) -> tuple[str, ...]:
    """What the words of that kind say, in their order."""
    return tuple(word.partition(".")[2] for word in said if word.startswith(f"{kind}."))


def lasting(said: Sequence[str]) -> tuple[str, ...]:
    """The words that hold under any policy: a photo shows the unit, whatever is asked about it."""
    return tuple(word for word in said if word.startswith(f"{Aside.PHOTO}."))
