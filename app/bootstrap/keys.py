"""Where the keys of a station are kept, and moving the pepper into the key store of the system and back."""

from __future__ import annotations

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.vault import pepper
from app.vault.keystore import AT_SETTING_UP_S, SystemKeyStores


def kept(folder: Folder) -> tuple[str, ...]:
    """A sentence for each key; neither is read.

    Raises:
        Unavailable: the folder cannot be read.
    """
    place = pepper.where(SystemKeyStores(), folder.pepper)
    signing = (
        f"The key that this station signs with is in the file {folder.key.name}, which only this user can "
        "read: encrypt this computer's disk."
    )
    return signing, f"The pepper of its approvers' keys is {place}."


def move(folder: Folder, *, to_store: bool) -> str:
    """Moves the pepper of the station in a folder that no window uses now; where it is then, in words.

    Raises:
        Refused: there is no station, no pepper, no key store, or there are two peppers.
        Unavailable: the store or the disk does not answer; the pepper is where it was.
    """
    with open_record(folder, must_exist=True) as ledger:
        moving = pepper.move_to_store if to_store else pepper.move_to_file
        return moving(ledger.head.station_id, SystemKeyStores(AT_SETTING_UP_S), folder.pepper)
