"""Photos of the unit in the hand: taken, taken again, or gone on without."""

from __future__ import annotations

from dataclasses import replace

from app.domain.policy import Policy
from app.domain.policy.asides import Aside, aside, told
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.inputs import Photographed
from app.workflows.bench.inspecting import asked_anew, go_on, outdated
from app.workflows.bench.inspection import inspection
from app.workflows.bench.state import BenchState, Notice, Phase

PHOTO, RETAKE = "PHOTO", "REDO"
MOST_PHOTOS = 4
"""More of one unit cost more time and disk than they show."""


def asks_camera(state: BenchState, word: str) -> bool:
    """True when that word means a photo in this state: only then the camera is asked."""
    return word in {PHOTO, RETAKE} and state.phase is not Phase.STOP and _refusal(state, word) is None


def photo_refused(state: BenchState, word: str, policy: Policy) -> Result:
    """The words for a photo where none can be taken, said without asking the camera."""
    if state.phase in {Phase.SERIAL, Phase.LOT, Phase.COUNT, Phase.NOTE, Phase.PART, Phase.REASON}:
        return not_now(state, word, policy)
    return replace(state, notice=_refusal(state, word)), ()


def photographed(state: BenchState, given: Photographed, moment: Moment) -> Result:
    """A photo, or why there is none; a photo taken again replaces the last one only when it came."""
    job, pick = state.job, state.pick
    if job is None or pick is None:
        return photo_refused(state, given.word, moment.policy)
    if given.photo is None:
        return replace(
            state,
            pick=replace(pick, no_photo=given.missing),
            notice=Notice("photo_failed", {"why": given.missing}),
        ), ()
    taken = told(Aside.PHOTO, pick.said)
    before = pick.said
    if given.word == RETAKE and taken:
        last = max(at for at, word in enumerate(before) if word == aside(Aside.PHOTO, taken[-1]))
        before = (*before[:last], *before[last + 1 :])
    pick = replace(pick, said=(*before, aside(Aside.PHOTO, given.photo)), no_photo="")
    if outdated(pick, moment.policy) and not pick.unknown:
        return asked_anew(state, pick, moment.policy), ()
    return go_on(state, job, pick, moment)


def without_photo(state: BenchState, moment: Moment) -> Result:
    """OK where a photo is wanted and none can be taken: goes on, and the record says why there is none."""
    job, pick = state.job, state.pick
    if job is None or pick is None or state.phase is not Phase.GRADE:
        return not_now(state, "OK", moment.policy)
    if not inspection(job, pick, moment.policy).photo:
        return not_now(state, "OK", moment.policy)
    why = pick.no_photo or moment.no_camera
    if not why:
        return replace(state, notice=Notice("photo_first", {"item": pick.item.name})), ()
    return go_on(state, job, replace(pick, said=(*pick.said, aside(Aside.NO_PHOTO, why))), moment)


def _refusal(state: BenchState, word: str) -> Notice | None:
    pick = state.pick
    if pick is None or state.phase is not Phase.GRADE:
        if word == RETAKE and state.saved is not None and state.saved.photos:
            return Notice("photo_saved", {"item": state.saved.item.name})
        return Notice("photo_without_item", {}, ask=True)
    taken = len(told(Aside.PHOTO, pick.said))
    if word == RETAKE and not taken:
        return Notice("no_photo_yet", {}, ask=True)
    if word == PHOTO and taken >= MOST_PHOTOS:
        return Notice("photos_enough", {"item": pick.item.name, "most": MOST_PHOTOS})
    return None
