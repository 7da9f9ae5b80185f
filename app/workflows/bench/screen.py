"""The bench screen as a pure function of state and facts: the band here, panels and work beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.policy.inspection import answers
from app.workflows.bands import URGENT, asking, fitted, notice_band
from app.workflows.bench.goods import in_hand
from app.workflows.bench.inspection import inspection
from app.workflows.bench.override_work import override_band
from app.workflows.bench.panel import job_panel
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Job, Phase, Pick, Saved
from app.workflows.bench.work import expected_lot, work
from app.workflows.texts import HEADLINE_MAX, Texts, shorten
from app.workflows.view import Band, BandState, BenchView, Tone


def draw(state: BenchState, shown: Shown) -> BenchView:
    """The whole view; every text fits its place (45 signs of headline, 100 of hint)."""
    return BenchView(
        band=_band(state, shown),
        work=work(state, shown),
        # A PIN has the screen to itself.
        job=job_panel(state, shown.texts) if state.job and not state.wants_pin else None,
        last=shown.last,
        actions=_actions(state),
        help=_help(state, shown),
    )


def _band(state: BenchState, shown: Shown) -> Band:
    return _message(state, shown.texts) or _question(state, shown)


def _message(state: BenchState, texts: Texts) -> Band | None:
    """The message over the present question; None without one."""
    if state.notice is None:
        return None
    said = notice_band(state.notice, texts, _context(state, texts))
    # A latched stop is covered only by what must never be missed.
    if state.phase is not Phase.STOP or state.notice.code in URGENT:
        return said
    # Why a supervisor's badge does not end it; the stop stays one.
    return replace(said, state=BandState.STOP, icon="cross", tone=Tone.STOP)


def _question(state: BenchState, shown: Shown) -> Band:
    match state.phase:
        case Phase.IDLE:
            return asking(shown.texts, "scan", "band.idle.headline", "band.idle.hint", {})
        case Phase.ITEM:
            return _item_band(state, shown.texts)
        case Phase.SERIAL:
            return _serial_band(state, shown.texts)
        case Phase.LOT:
            return _lot_band(state, shown.texts)
        case Phase.GRADE:
            return _inspection_band(state, shown)
        case Phase.COUNT:
            return asking(
                shown.texts, "hash", "band.count.headline", "band.count.hint", {"item": _name(state)}
            )
        case Phase.REASON:
            parts = {"item": _name(state), "most": len(shown.policy.regrades)}
            return asking(shown.texts, "ask", "band.reason.headline", "band.reason.hint", parts)
        case Phase.PART:
            return _part_band(state, shown.texts)
        case Phase.NOTE:
            parts = {"item": _name(state), "most": min(len(shown.policy.notes), 9)}
            return asking(shown.texts, "note", "band.note.headline", "band.note.hint", parts)
        case Phase.STOP:
            return _stop_band(state, shown.texts)
        case Phase.SAVED:
            return _saved_band(state, state.saved, shown)
        case Phase.BADGE | Phase.CHOICE | Phase.WHY | Phase.PIN:
            return override_band(state, shown)


def _item_band(state: BenchState, texts: Texts) -> Band:
    job = state.job
    if job is None or job.rma is None:
        return asking(texts, "scan", "band.item.headline_blind", "band.item.hint_blind", {})
    lines = job.open_lines
    if not lines:
        return asking(texts, "tick", "band.item.headline_none", "band.item.hint_none", {"rma": job.key})
    left = sum(job.left(line) for line in lines)
    only = lines[0] if len({line.sku for line in lines}) == 1 else None
    name = job.items[only.sku].name if only and only.sku in job.items else ""
    headline = "band.item.headline" if name else "band.item.headline_any"
    return asking(texts, "scan", headline, "band.item.hint", {"item": name, "left": left, "rma": job.key})


def _serial_band(state: BenchState, texts: Texts) -> Band:
    parts = {"item": _name(state), "rma": state.job.key if state.job else "", "serial": state.expected_serial}
    hint = "band.serial.hint" if state.expected_serial else "band.serial.hint_any"
    return asking(texts, "scan", "band.serial.headline", hint, parts)


def _lot_band(state: BenchState, texts: Texts) -> Band:
    lot = expected_lot(state)
    parts = {"item": _name(state), "rma": state.job.key if state.job else "", "lot": shorten(lot, 20)}
    hint = "band.lot.hint" if lot else "band.lot.hint_any"
    return asking(texts, "scan", "band.lot.headline", hint, parts)


def _inspection_band(state: BenchState, shown: Shown) -> Band:
    job, pick, texts = state.job, state.pick, shown.texts
    if job is None or pick is None:
        raise ValueError("an inspection needs a unit in the hand")
    now = inspection(job, pick, shown.policy)
    parts: dict[str, object] = {"item": _name(state), "qty": pick.qty, "grade": now.grade or ""}
    many = "_many" if pick.qty > 1 else ""
    if now.photo:
        return _photo_band(pick, parts, many, shown)
    if now.word is not None and now.decision is not None:
        parts |= {"word": texts.word(now.word), "rule": now.decision.rule}
        return asking(texts, "ask", "band.confirm.headline", f"band.confirm.hint{many}", parts)
    if now.question is None:
        return asking(texts, "ask", "band.grade.headline", f"band.grade.hint{many}", parts)
    parts |= {"most": len(now.question.answers)}
    hint = "band.question.hint_graded" if now.grade else "band.question.hint"
    if now.question.parts and pick.item.is_kit:
        hint = "band.question.hint_parts"
    context = texts.say("band.question.context", n=len(answers(now.said)) + 1)
    return fitted(
        BandState.ASK,
        "ask",
        now.question.ask,
        texts.say(f"{hint}{many}", **parts),
        context=context,
        tone=Tone.QUESTION,
    )


def _part_band(state: BenchState, texts: Texts) -> Band:
    pick = state.pick
    if pick is None:
        raise ValueError("a part list needs a kit in the hand")
    missing = pick.missing_parts()
    parts: dict[str, object] = {"item": _name(state), "most": len(pick.item.kit)}
    if not missing:
        return asking(texts, "ask", "band.part.headline", "band.part.hint", parts)
    parts["parts"] = shorten(", ".join(pick.part_name(at) for at, _ in missing), 26)
    return asking(texts, "ask", "band.part.headline_more", "band.part.hint_more", parts)


def _photo_band(pick: Pick, parts: Mapping[str, object], many: str, shown: Shown) -> Band:
    missing, texts = pick.no_photo or shown.no_camera, shown.texts
    if not missing:
        hint = "band.photo.hint_unknown" if pick.unknown else f"band.photo.hint{many}"
        return asking(texts, "camera", "band.photo.headline", hint, parts)
    headline = texts.say("band.photo.headline_none", why=texts.say(f"photo.why_{missing}"))
    hint = texts.say(f"band.photo.hint_none{many}", **parts)
    return fitted(BandState.ATTENTION, "camera", headline, hint, context="", tone=Tone.ATTENTION)


def _stop_band(state: BenchState, texts: Texts) -> Band:
    pick = state.pick
    parts = {
        "item": _name(state),
        "read": pick.serial if pick else "",
        "rma": state.job.key if state.job else "",
        "expected": state.expected_serial,
    }
    hint = texts.say("band.stop.hint", **parts)
    return fitted(
        BandState.STOP, "cross", texts.say("band.stop.headline", **parts), hint, context="", tone=Tone.STOP
    )


def _saved_band(state: BenchState, saved: Saved | None, shown: Shown) -> Band:
    if saved is None:
        raise ValueError("a saved screen needs what was saved")
    texts = shown.texts
    outcome = saved.decided
    name = shorten(saved.item.name, HEADLINE_MAX - len(outcome) - len(" saved: "))
    headline = "band.saved.headline" if shown.online else "band.saved.headline_offline"
    job = state.job
    nxt = shorten(_next_name(job), 26) if job else ""
    if saved.decided_by:
        hint = texts.say("band.saved.hint_otherwise", label=saved.label, place=saved.place)
    elif job is None:
        old = saved.before[-1].grade if saved.before else ""
        hint = texts.say("band.saved.hint_again", label=saved.label, place=saved.place, old=old)
    elif job.rma is None:
        hint = texts.say("band.saved.hint_blind", label=saved.label, place=saved.place)
    elif nxt:
        hint = texts.say("band.saved.hint_next", label=saved.label, place=saved.place, next=nxt)
    else:
        hint = texts.say("band.saved.hint_last", label=saved.label, place=saved.place)
    tone = Tone.OK if job and (job.open_lines or job.rma is None) else Tone.DONE
    context = _context(state, texts)
    return fitted(
        BandState.OK,
        "tick",
        texts.say(headline, item=name, outcome=outcome),
        hint,
        context=context,
        tone=tone,
    )


def _next_name(job: Job) -> str:
    line = next(iter(job.open_lines), None)
    return job.items[line.sku].name if line and line.sku in job.items else (line.sku if line else "")


def _context(state: BenchState, texts: Texts) -> str:
    job = state.job
    if job is None or job.rma is None:
        return ""
    left = sum(job.left(line) for line in job.open_lines)
    if left == 0:
        return texts.say("band.context.done")
    return texts.say("band.context.one_left") if left == 1 else texts.say("band.context.left", n=left)


def _name(state: BenchState) -> str:
    return shorten(state.pick.item.name, 30) if state.pick else ""


def _help(state: BenchState, shown: Shown) -> tuple[str, ...]:
    """Five lines of its own for what the window knows no lines for; empty where it does."""
    about = {Phase.NOTE: "note", Phase.PART: "part"}.get(state.phase, "")
    if state.override is not None:
        about = "override"
    if state.phase is Phase.GRADE and state.job is not None and state.pick is not None:
        now = inspection(state.job, state.pick, shown.policy)
        about = "photo" if now.photo else "confirm" if now.word else ""
    return tuple(shown.texts.say(f"help.{about}_{n}") for n in range(1, 6)) if about else ()


def _actions(state: BenchState) -> tuple[str, ...]:
    if state.override is not None:
        return ("help", "undo")
    if state.phase is Phase.SAVED:
        return _after_saving(state)
    if state.job is None:
        return ("help", "type_code", "reprint", "blind")
    if state.phase is Phase.GRADE and state.pick is not None and state.pick.again:
        return ("help", "type_code", "photo", "note", "hold")
    if state.phase is Phase.GRADE:
        return ("type_code", "photo", "note", "quantity", "hold")
    if state.phase is Phase.REASON:
        return ("help", "type_code", "otherwise", "hold")
    if state.phase in {Phase.NOTE, Phase.PART}:
        return ("help", "type_code", "hold")
    if in_hand(state) is not None:
        return ("help", "type_code", "quantity", "hold")
    if state.job is not None and state.job.rma is not None and not state.job.open_lines:
        return ("help", "type_code", "reprint", "blind")
    if state.job is not None and state.job.rma is None:
        return ("type_code", "reprint", "done", "hold")
    return ("type_code", "reprint", "not_in_box", "done", "hold")


def _after_saving(state: BenchState) -> tuple[str, ...]:
    """What a person may do with what was just saved, and with its box."""
    decide = ("otherwise",) if state.saved is not None and state.saved.grade else ()
    job = state.job
    if job is None or (job.rma is not None and not job.open_lines):
        return ("help", "reprint", *decide, "blind")
    if job.rma is None:
        return ("reprint", *decide, "done", "hold")
    return ("reprint", *decide, "not_in_box", "done", "hold")
