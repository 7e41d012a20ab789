"""Secrets that are kept elsewhere: asking for them, within a time, and never saying what they are."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from webnet_core.conf import settings
from webnet_core.exceptions import InvalidInput, SecretUnavailable
from webnet_core.plugins.items import SecretBackend, SecretRequest
from webnet_core.plugins.registry import registry

DATABASE = "database"
_LIMIT = 100_000


def backend_of(key: str) -> SecretBackend:
    """Return a backend by its name.

    Raises:
        InvalidInput: no plugin registers it.
    """
    known = registry("secret_backends")
    if key not in known:
        names = ", ".join(sorted(known))
        raise InvalidInput.at("backend", f"There is no secret backend {key!r}; choose one of: {names}.", "unknown")
    found: SecretBackend = known[key]
    return found


def check_reference(backend: SecretBackend, reference: str) -> None:
    """Go on only if `reference` is one that the backend could look up.

    Raises:
        InvalidInput: it is missing, malformed, or given where the database keeps the secrets.
    """
    if backend.fetch is None:
        if reference:
            raise InvalidInput.at("reference", "Secrets in the database have no reference; leave it empty.")
    elif not re.fullmatch(backend.pattern, reference):
        hint = f" {backend.hint}" if backend.hint else ""
        raise InvalidInput.at("reference", f"The backend {backend.key!r} cannot look this up.{hint}")


def fetch(key: str, customer_id: int, reference: str, names: Sequence[str]) -> dict[str, str]:
    """Return the secrets of a customer that `reference` names in a backend, by name; missing ones are left out.

    Raises:
        SecretUnavailable: the backend is gone, fails, does not know it or does not answer in time.
    """
    known = registry("secret_backends")
    backend: SecretBackend | None = known[key] if key in known else None  # noqa: SIM401 - a Registry has no default
    if backend is None or backend.fetch is None:
        raise _unavailable(key, reference, "no installed plugin registers this backend.")
    if not re.fullmatch(backend.pattern, reference):
        raise _unavailable(key, reference, "the reference is malformed.")
    seconds = settings.CORE.SECRET_BACKENDS.SECONDS
    request = SecretRequest(customer_id=customer_id, reference=reference, names=tuple(names), seconds=seconds)
    return _checked(key, request, _asked(key, backend.fetch, request))


def _asked(key: str, look_up: Callable[[SecretRequest], Any], request: SecretRequest) -> Any:
    """Call the backend in a thread of its own, so that one that hangs cannot hold the caller."""
    answer: list[Any] = []
    failure: list[BaseException] = []

    def ask() -> None:
        try:
            answer.append(look_up(request))
        except BaseException as error:  # noqa: BLE001 - a plugin's: whatever it raises is told by the caller
            failure.append(error)

    thread = threading.Thread(target=ask, name=f"webnet-secret-{key}", daemon=True)
    thread.start()
    thread.join(request.seconds)
    if failure:
        raise _told(key, request.reference, failure[0]) from None
    if not answer:
        raise _unavailable(key, request.reference, f"it did not answer within {request.seconds:g} s.")
    return answer[0]


def _told(key: str, reference: str, error: BaseException) -> SecretUnavailable:
    # What another error says may quote what was fetched; only its kind is told.
    why = error.message if isinstance(error, SecretUnavailable) else f"it failed with {type(error).__name__}."
    return _unavailable(key, reference, why)


def _checked(key: str, request: SecretRequest, answer: Any) -> dict[str, str]:
    if not isinstance(answer, Mapping):
        raise _unavailable(key, request.reference, "it did not answer with secrets by name.")
    found = {name: answer[name] for name in request.names if answer.get(name)}
    for name, value in found.items():
        if not isinstance(value, str) or "\x00" in value or len(value) > _LIMIT:
            raise _unavailable(key, request.reference, f"its {name} is no text of at most {_LIMIT} characters.")
    if not found:
        raise _unavailable(key, request.reference, f"none of {', '.join(request.names)} is there.")
    return found


def _unavailable(key: str, reference: str, why: str) -> SecretUnavailable:
    return SecretUnavailable(
        f"The secret {reference!r} could not be fetched from the backend {key!r}: {why}",
        backend=key,
        reference=reference,
    )
