"""Keys of an installation that was given none: made once, kept in a file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def read_or_create_keys(path: Path) -> dict[str, str]:
    """Return the keys in `path`, making them the first time.

    Losing this file loses every stored credential: back it up with the database.
    """
    if not path.exists():
        body = {
            "secret_key": secrets.token_urlsafe(64),
            "encryption_key": Fernet.generate_key().decode(),
            "jwt_key": secrets.token_urlsafe(48),
        }
        _create_private(path, json.dumps(body, indent=1))
    keys: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
    return keys


def _create_private(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(draft, path)  # unlike a rename, refuses where another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
