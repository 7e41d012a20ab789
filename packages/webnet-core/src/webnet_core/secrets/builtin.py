"""The backends that webnet ships. Each reaches only names that hold the customer's id.

Otherwise somebody at one customer could name the secret of another, or the site's own, and have it sent to a device of
theirs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from webnet_core.conf import settings
from webnet_core.exceptions import SecretUnavailable
from webnet_core.plugins.items import SecretBackend, SecretRequest
from webnet_core.secrets.vault import read_vault

ENVIRONMENT_PREFIX = "WEBNET_SECRET_"
_FILE_LIMIT = 64 * 1024
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"
PATH = rf"{_SEGMENT}(?:/{_SEGMENT}){{0,9}}"


def read_environment(request: SecretRequest) -> Mapping[str, str]:
    """Read ``WEBNET_SECRET_<customer>_<reference>`` as the password, with ``_ENABLE_PASSWORD`` and
    ``_SSH_PRIVATE_KEY`` after it as the others.
    """
    name = f"{ENVIRONMENT_PREFIX}{request.customer_id}_{request.reference}"
    variables = {part: name if part == "password" else f"{name}_{part.upper()}" for part in request.names}
    found = {part: os.environ[variable] for part, variable in variables.items() if os.environ.get(variable)}
    if not found:
        raise SecretUnavailable(f"none of the variables {', '.join(variables.values())} is set where the work is done.")
    return found


def read_files(request: SecretRequest) -> Mapping[str, str]:
    """Read ``<FILE_ROOT>/<customer>/<reference>``: a file with the password, or a folder with a file for each secret.

    One line end at the end of a file is not part of the secret. Links may lead anywhere inside the customer's folder.
    """
    root = settings.CORE.SECRET_BACKENDS.FILE_ROOT
    if not root:
        raise SecretUnavailable('WEBNET["CORE"]["SECRET_BACKENDS"]["FILE_ROOT"] is not set.')
    home = Path(root).resolve() / str(request.customer_id)
    place = home / request.reference
    if not place.is_dir():
        return {"password": _file(home, place)}
    return {name: _file(home, place / name) for name in request.names if (place / name).exists()}


def _file(home: Path, path: Path) -> str:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(home.resolve()):
            raise SecretUnavailable("it leads out of the customer's folder.")
        # Neither a link that has just been put there nor a pipe that nobody writes to may hold or fool the reader.
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise SecretUnavailable("it is no file.")
            content = file.read(_FILE_LIMIT + 1)
    except (OSError, RuntimeError) as error:
        raise SecretUnavailable(f"the file cannot be read ({type(error).__name__}).") from None
    if len(content) > _FILE_LIMIT:
        raise SecretUnavailable(f"the file is larger than {_FILE_LIMIT} bytes.")
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SecretUnavailable("the file is no UTF-8 text.") from None


BACKENDS = (
    SecretBackend(key="database", label="This database, encrypted", fetch=None),
    SecretBackend(
        key="env",
        label="Environment of the worker",
        fetch=read_environment,
        pattern=r"[A-Z][A-Z0-9_]{0,99}",
        hint=f"Capital letters, digits and '_': CORE means the variable {ENVIRONMENT_PREFIX}<customer's id>_CORE.",
    ),
    SecretBackend(
        key="file",
        label="Files of the worker",
        fetch=read_files,
        pattern=PATH,
        hint="A path below the customer's folder, as in routers/core.",
    ),
    SecretBackend(
        key="vault",
        label="HashiCorp Vault",
        fetch=read_vault,
        pattern=PATH,
        hint="A path below the customer's own, as in routers/core.",
    ),
)
