"""The errors of webnet: one tree, each with a stable code and the data a caller needs. Imports no Django."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from webnet_core.plugins.items import Veto

_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class WebnetError(Exception):
    """Something in webnet went wrong.

    The first paragraph of a subclass's docstring is its default message; keyword arguments become attributes.

    Args:
        message: What happened and what to do next; the docstring's first paragraph where left out.
        **data: What the caller needs to react, kept in `data` and readable as attributes.
    """

    code: ClassVar[str] = "webnet_error"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = _BORDER.sub("_", cls.__name__.removesuffix("Error")).lower()

    def __init__(self, message: str = "", **data: Any) -> None:
        self.message = message or self._default_message()
        self.data = data
        for name, value in data.items():
            setattr(self, name, value)
        super().__init__(self.message)

    @classmethod
    def _default_message(cls) -> str:
        paragraph = (inspect.getdoc(cls) or cls.__name__).split("\n\n", 1)[0]
        return " ".join(paragraph.split())

    def __str__(self) -> str:
        return self.message


# ---------------------------------------------------------------------------------------------- what a caller did wrong


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldError:
    """One thing wrong with what was sent; `path` is dotted (``params.commands.0``), empty for the whole."""

    path: str
    message: str
    code: str = "invalid"


class InvalidInput(WebnetError):
    """Some of what was sent cannot be accepted; see the errors and send it again."""

    errors: Sequence[FieldError]

    def __init__(self, message: str = "", *, errors: Sequence[FieldError] = (), **data: Any) -> None:
        if not message and errors:
            message = "; ".join(f"{error.path}: {error.message}" if error.path else error.message for error in errors)
        super().__init__(message, errors=tuple(errors), **data)

    @classmethod
    def at(cls, path: str, message: str, code: str = "invalid") -> InvalidInput:
        """Return the error for exactly one wrong thing."""
        return cls(errors=[FieldError(path=path, message=message, code=code)])


class NotFound(WebnetError):
    """There is no such object among those you may see."""


class PermissionDenied(WebnetError):
    """Your role does not allow this."""


class Conflict(WebnetError):
    """The object is not in a state that allows this; look at it again."""


class SubmissionRefused(Conflict):
    """A guard refused this job; see the vetoes."""

    vetoes: Sequence[Veto]

    def __init__(self, vetoes: Sequence[Veto]) -> None:
        super().__init__("; ".join(veto.message for veto in vetoes), vetoes=tuple(vetoes))


class DatabaseUnusable(WebnetError):
    """The database does not answer, or has not the tables of this version; migrate it, or see what doctor says."""

    retry_after: int = 10


class ClaimLost(WebnetError):
    """A shard was taken away from the worker that ran it; it must stop and write nothing more."""


# ----------------------------------------------------------------------------------------------------- configuration


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingProblem:
    """One wrong entry of `WEBNET`; `path` reads ``CORE.SHARD_SIZE``, `hint` says what to write instead."""

    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" {self.hint}" if self.hint else ""
        return f'WEBNET["{self.path.replace(".", chr(34) + "][" + chr(34))}"]: {self.message}{hint}'


class ConfigurationError(WebnetError):
    """The WEBNET setting is wrong; correct it and start again."""

    problems: Sequence[SettingProblem]

    def __init__(self, message: str = "", *, problems: Sequence[SettingProblem] = (), **data: Any) -> None:
        if not message and problems:
            message = "\n".join(str(problem) for problem in problems)
        super().__init__(message, problems=tuple(problems), **data)


class CredentialUnreadable(WebnetError):
    """A stored secret cannot be decrypted with any key of WEBNET["CORE"]["ENCRYPTION_KEYS"]; put the old key back into
    the list (at its end), or enter the secret again.
    """


class SecretUnavailable(CredentialUnreadable):
    """A secret backend does not give a secret out; the message names the backend and the reference.

    A backend raises it with one sentence about why, which must not quote anything that may be secret.
    """


# ------------------------------------------------------------------------------------------------------------- plugins


class PluginError(WebnetError):
    """A plugin does not fit."""

    plugin: str = ""
    hook: str = ""


class PluginLoadError(PluginError):
    """A plugin cannot be loaded; repair it, remove it, or name it in WEBNET["CORE"]["PLUGINS_DISABLED"]."""


class UnknownHook(PluginError):
    """A plugin implements a hook that nobody specifies."""


class InvalidRegistration(PluginError):
    """A plugin registers something of the wrong type or with a malformed key."""


class DuplicateRegistration(PluginError):
    """Two plugins register the same key; name the one that shall win in WEBNET["CORE"]["REPLACE"]."""


class RegistryFrozen(PluginError):
    """Registries are filled once, when Django starts; register through a hook instead."""


class PluginsNotLoaded(PluginError):
    """Plugins are loaded when Django has loaded its apps; do not ask for them while modules are imported."""


class PluginHookError(PluginError):
    """A plugin failed while it was asked to decide; the operation fails rather than trying the next plugin."""


class NoDecision(PluginError):
    """No plugin answered a question that needs an answer."""

    asked: Sequence[str] = ()


class UnknownKey(WebnetError, KeyError):
    """There is nothing registered under that key."""

    key: str = ""
    matches: Sequence[str] = ()
