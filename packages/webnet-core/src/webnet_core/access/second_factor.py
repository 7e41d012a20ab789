"""What a site asks for besides a password: a seam, for the second factor itself is the site's.

`WEBNET["CORE"]["SECOND_FACTOR"]` names an object, or a class to make one of. Whoever takes a password asks
`webnet_core.access.login`, which asks it: no token and no session is had around it.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from django.utils.module_loading import import_string

from webnet_core.conf import settings
from webnet_core.exceptions import ConfigurationError


@runtime_checkable
class SecondFactor(Protocol):
    """Knows which users have a second factor, and what proves it."""

    def required(self, user: Any) -> bool:
        """Say whether a password alone does not let this user in."""

    def check(self, user: Any, code: str, request: Any) -> bool:
        """Say whether `code` proves the second factor, and accept it no second time.

        Arguments:
            user: somebody whose password was right and for whom `required` is true.
            code: what the user typed, at most 64 characters.
            request: Django's request; may be None.
        """


def second_factor() -> SecondFactor | None:
    """Return the site's second factor; None where it has none.

    Raises:
        ConfigurationError: the setting names nothing that can be asked. Nobody signs in then.
    """
    path = settings.CORE.SECOND_FACTOR
    if path is None:
        return None
    try:
        found = import_string(path)
        made = found() if isinstance(found, type) else found
    except (ImportError, TypeError) as error:
        raise ConfigurationError(f'WEBNET["CORE"]["SECOND_FACTOR"]: {path} cannot be had: {error}.') from error
    if not isinstance(made, SecondFactor):
        raise ConfigurationError(f'WEBNET["CORE"]["SECOND_FACTOR"]: {path} has no `required` and `check`.')
    return made


def is_required(user: Any) -> bool:
    """Say whether a password alone does not let this user in."""
    factor = second_factor()
    return factor is not None and factor.required(user)


def is_proven(user: Any, code: str, request: Any) -> bool:
    """Say whether `code` proves the user's second factor; never where there is none to prove."""
    factor = second_factor()
    return factor is not None and bool(code) and factor.check(user, code, request)
