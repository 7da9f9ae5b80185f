"""From the word PHOTO to a file: a camera asked on a thread of its own, for no longer than a person waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.domain.clock import Clock
from app.domain.policy.asides import NoPhoto
from app.domain.refusal import Refused
from app.station.photos import PhotoStore
from app.station.setup import Shot
from devices.camera import Camera, CameraUnavailable, Picture
from devices.simulated_camera import SimulatedCamera
from devices.threads import Worker

_WAIT_S = 2.0
_STOP_S = 5.0

_Answer = queue.SimpleQueue[Picture | None]


def make_camera(name: str, clock: Clock) -> Camera | None:
    """The camera an option names; None for `none`.

    Raises:
        Refused: the option names none.
    """
    if name == "none":
        return None
    if name == "simulated":
        return SimulatedCamera(lambda: f"{clock.now():%Y-%m-%d %H:%M:%S}")
    raise Refused(
        "camera.unknown", f"Read the camera {name!r}.", "Expected simulated or none.", "Name one of these."
    )


class PhotoDesk:
    """Asks the camera and keeps what it gives; a camera that hangs holds up one photo, never the bench.

    Args:
        camera: None where there is none.
        store: where photos are kept; an attribute of the same name.
        on_defect: told of what else the driver broke.
        wait_s: how long a photo may take.
    """

    def __init__(
        self,
        camera: Camera | None,
        store: PhotoStore,
        on_defect: Callable[[BaseException], None],
        wait_s: float = _WAIT_S,
    ) -> None:
        self._camera = camera
        self.store = store
        self._on_defect = on_defect
        self._wait_s = wait_s
        self._asked: queue.SimpleQueue[_Answer | None] = queue.SimpleQueue()
        self._busy = threading.Event()
        self._worker = Worker("camera", self._run, on_defect)

    @property
    def no_camera(self) -> str:
        """Why no photo can be taken at all; empty where there is a camera."""
        return "" if self._camera else NoPhoto.NO_CAMERA

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serves the camera until the block ends; a camera that hangs then is left to itself."""
        if self._camera:
            self._worker.start()
        try:
            yield
        finally:
            self._worker.stopping.set()
            self._asked.put(None)
            self._worker.stop(_STOP_S)

    def read(self, address: str) -> bytes | None:
        """The photo of that address, if it is here."""
        return self.store.read(address)

    def shoot(self) -> Shot:
        """One photo on disk, or why there is none."""
        if self._camera is None:
            return Shot(None, NoPhoto.NO_CAMERA)
        if self._busy.is_set():
            # It still owes the picture before: that one is of something else.
            return Shot(None, NoPhoto.CAMERA_SLOW)
        answer: _Answer = queue.SimpleQueue()
        self._busy.set()
        self._asked.put(answer)
        try:
            found = answer.get(timeout=self._wait_s)
        except queue.Empty:
            return Shot(None, NoPhoto.CAMERA_SLOW)
        return self.store.keep(found.data, found.kind) if found else Shot(None, NoPhoto.CAMERA_AWAY)

    def _run(self, stopping: threading.Event) -> None:
        while (answer := self._asked.get()) is not None and not stopping.is_set():
            found = self._take()
            self._busy.clear()
            answer.put(found)

    def _take(self) -> Picture | None:
        if self._camera is None:
            return None
        try:
            return self._camera.take()
        except CameraUnavailable:
            return None
        except Exception as defect:  # noqa: BLE001 - a driver's mistake is one missing photo, said as such
            self._on_defect(defect)
            return None
