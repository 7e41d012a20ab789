"""The only body the API takes: JSON whose every value a database can hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from webnet_core.api.errors import BodyTooLarge

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 32
_LARGEST = 2**63


class StrictJSONParser(BaseParser):
    """Takes UTF-8 JSON; refuses NaN, NUL, lone surrogates, integers beyond 64 bits, deep nesting and large bodies."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the value the body holds.

        Raises:
            ParseError: it is not JSON, or holds what no column can.
            BodyTooLarge: it is longer than `MAX_BYTES`.
        """
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise BodyTooLarge
        try:
            value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not JSON: {_reason(error)}.") from error
        check_storable(value)
        return value


class PlainRenderer(JSONRenderer):
    """JSON whatever the host's settings say about it."""

    ensure_ascii = False
    compact = True
    strict = True


class AlwaysJSON(BaseContentNegotiation):
    """Answers JSON whatever the client says it accepts, and reads no `format` from the address."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """Return the one parser if the body says it is JSON."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """Return the one renderer."""
        return renderers[0], renderers[0].media_type


def check_storable(value: Any, depth: int = 0) -> None:
    """Go on only if every text and number inside `value` fits into a column.

    Raises:
        ParseError: one does not.
    """
    if depth > MAX_DEPTH:
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        raise ParseError("The body has an integer of more than 64 bits.")
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise ParseError("The body has a number too large to hold.")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            check_storable(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_storable(item, depth + 1)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise ParseError("The body has a text with a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError("The body has a text that is not valid Unicode.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error).rstrip(".")[:200]
