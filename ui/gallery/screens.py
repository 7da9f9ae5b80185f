"""Every example by its name, in the order of a day."""

from __future__ import annotations

from collections.abc import Mapping

from app.workflows.view import Screen
from ui.gallery import counting, overriding, receiving, reviewing, signing_in
from ui.gallery.asking import blind, grade, idle, idle_empty, quantity, question, second_copies, waiting
from ui.gallery.inspecting import graded_again, notes, part_missing, parts, photo, photo_missing, write_off
from ui.gallery.telling import finished, saved, saved_offline, stopped, training, unknown

DRAWERS: Mapping[str, str] = {"copy-behind": "show_status", "copy-same-disk": "show_status"}
"""The drawer that is open over an example, by what opens it."""


def all_screens() -> Mapping[str, Screen]:
    """Every example by its name, in the order of a day."""
    return {
        "idle": idle(),
        "idle-empty": idle_empty(),
        "waiting": waiting(),
        "question": question(),
        "grade": grade(),
        "photo": photo(),
        "photo-missing": photo_missing(),
        "write-off": write_off(),
        "notes": notes(),
        "parts": parts(),
        "part-missing": part_missing(),
        "graded-again": graded_again(),
        "quantity": quantity(),
        "saved": saved(),
        "saved-offline": saved_offline(),
        "stop": stopped(),
        "unknown": unknown(),
        "blind": blind(),
        "finished": finished(),
        "training": training(),
        "receiving-idle": receiving.idle(),
        "receiving-idle-empty": receiving.idle_empty(),
        "receiving-open": receiving.opened(),
        "receiving": receiving.proposed(),
        "receiving-offline": receiving.offline(),
        "receiving-over": receiving.over(),
        "receiving-extra": receiving.extra(),
        "receiving-damaged": receiving.damaged(),
        "receiving-not-trusted": receiving.not_trusted(),
        "receiving-reason": receiving.reason(),
        "receiving-check": receiving.check(),
        "receiving-saved": receiving.saved(),
        "counts-idle": counting.idle(),
        "counts-idle-empty": counting.idle_empty(),
        "counts-open": counting.opened(),
        "counts": counting.counting(),
        "counts-moved": counting.moved(),
        "counts-offline": counting.offline(),
        "counts-wrong-bin": counting.wrong_bin(),
        "counts-number": counting.longer_number(),
        "counts-serials": counting.serials(),
        "counts-lot": counting.lot(),
        "counts-recount": counting.recount(),
        "counts-saved": counting.saved(),
        "approvals": reviewing.listed(),
        "approvals-marked": reviewing.marked(),
        "approvals-large": reviewing.large(),
        "approvals-reject": reviewing.rejecting(),
        "approvals-pin": reviewing.pin_wanted(),
        "approvals-pin-offline": reviewing.offline(),
        "approvals-pin-wrong": reviewing.wrong_pin(),
        "approvals-pin-wait": reviewing.waits(),
        "approvals-locked": reviewing.locked(),
        "approvals-unlock": reviewing.unlocking(),
        "approvals-signed": reviewing.signed(),
        "approvals-empty": reviewing.empty(),
    } | {**signing_in.examples(), **overriding.examples(), **second_copies()}
