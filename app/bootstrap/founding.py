"""Whether a centre may be begun where an address names none: not where one was."""

from __future__ import annotations

from pathlib import Path

from app.domain.refusal import Refused
from sync.central.store import under_way


def require_place(url: str, file: Path | None, key: Path | None) -> None:
    """Nothing, where a centre is or none ever was; `file` is that of a SQLite centre, `key` where its key is.

    Raises:
        Refused: `central.gone`: what belongs to a centre is here, and the centre is not;
            `restore.unfinished`.
        Unavailable: the database does not answer.
    """
    left = [] if key is None or not key.exists() else [f"its key {key}"]
    if file is not None:
        if file.exists() and file.stat().st_size > 0:
            return
        restoring = file.with_name(f"{file.name}.restoring")
        left += [f"an unfinished restore {restoring.name}"] if restoring.exists() else []
        replaced = sorted(path.name for path in file.parent.glob(f"{file.stem}-replaced-*{file.suffix}"))
    else:
        found = under_way.standing(url)
        if found.tables:
            return
        replaced = list(found.kept)
    left += [f"a centre that was replaced, {replaced[-1]}"] if replaced else []
    if left:
        raise Refused(
            "central.gone",
            f"There is no centre in {file or 'this database'}, but there is {' and '.join(left)}.",
            "Expected the centre, or nothing of one: stations would take an empty one for theirs.",
            "Put a copy back: backhaul central restore FILE, with the same --db and --key. To begin a new "
            "centre, name another --db and --key; nothing was changed.",
        )
