"""Errors of the interface package."""

from __future__ import annotations

from webnet_core.exceptions import WebnetError


class InterfaceError(WebnetError):
    """Something in the web interface is used or set up wrongly."""


class ElementError(InterfaceError):
    """A component tag was given something it cannot render."""


class UnknownIcon(ElementError):
    """The sprite has no icon of this name."""

    name: str
    suggestion: str | None

    def __init__(self, name: str, suggestion: str | None) -> None:
        hint = f"Did you mean {suggestion!r}?" if suggestion else "Names are the symbols of static/webnet_ui/icons.svg."
        super().__init__(f"There is no icon {name!r}. {hint}", name=name, suggestion=suggestion)


class ForbiddenAttribute(ElementError):
    """An attribute that a strict content security policy would block, or that htmx would read as code."""

    name: str

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Attribute {name!r} is not allowed on a component; use a class, a form or a data-* attribute.", name=name
        )
