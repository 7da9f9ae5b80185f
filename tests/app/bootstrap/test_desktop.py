from __future__ import annotations

from pathlib import Path

from app.bootstrap.desktop import WindowPort
from tests.app.bootstrap.premises import TO_A_LABEL, furnished, options, running
from ui.shell.port import ScreenUpdate


def test_a_window_is_told_of_every_scan_and_of_no_picture_twice(tmp_path: Path) -> None:
    with running(options(furnished(tmp_path), printer="none")) as program:
        heard: list[ScreenUpdate] = []
        port = WindowPort(program)
        port.subscribe(heard.append)
        port.submit(TO_A_LABEL[0], "scanner")
        program.thread.ask(lambda: None)
        answered = len(heard)
        program.bench.refresh()
        program.thread.ask(lambda: None)
        assert [update.screen for update in heard[answered - 1 :]] == [port.screen()]
        # Scanned again, the same screen is another answer.
        for _ in range(2):
            port.command("HELP")
        program.thread.ask(lambda: None)
        assert [update.scan_id for update in heard if update.scan_id is not None] == [1, 2, 3]
