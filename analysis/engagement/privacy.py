"""The pseudonym key and the folder that holds what must not be handed over."""

from __future__ import annotations

import hashlib
import os
import secrets

from analysis.engagement.files import private_folder, write_bytes
from analysis.engagement.workspace import Folder
from analysis.foundation.schema import KitError

KEY_BYTES = 32
SAMPLE_SEED = 1
CLOSED_FILE = "closed.json"


def pseudonym_key(folder: Folder) -> bytes:
    """Return the engagement's pseudonym key; it is made the first time.

    The sample's key follows from its seed, so that its results are the same on every machine; any other is random.

    Raises
    ------
    KitError
        The engagement is closed, or the key file is damaged.
    """
    path = folder.private / "pseudonym.key"
    if not path.exists():
        if (folder.root / CLOSED_FILE).exists():
            raise KitError(
                f"The engagement {folder.slug} is closed: its data and its key are deleted. "
                f"The report can still be built again with: engage report {folder.slug}"
            )
        private_folder(folder.private)
        sample = folder.slug == "sample"
        made = hashlib.sha256(b"sample %d" % SAMPLE_SEED).digest() if sample else secrets.token_bytes(KEY_BYTES)
        write_bytes(path, made)
        if os.name != "nt":
            path.chmod(0o600)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise KitError(
            f"private/pseudonym.key of {folder.slug} is damaged. Restore it from a backup; "
            "if there is none, delete it, and people get new pseudonyms with the next run."
        )
    return key
