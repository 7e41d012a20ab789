"""What devices and plugins say, made fit for every database.

PostgreSQL takes neither NUL nor lone surrogates, in text or in jsonb; SQLite refuses the surrogates, and both refuse
NaN inside JSON. One such character must not cost the other results of its batch.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_REPLACEMENT = "\ufffd"
# As deep as a body of the API may be.
DEEPEST = 32


def clean_text(value: object, limit: int | None = None) -> str:
    """Return `value` as text with each unstorable character replaced by U+FFFD, at most `limit` characters of it."""
    return _UNSTORABLE.sub(_REPLACEMENT, str(value)[:limit])


def clean_json(value: Any) -> Any:
    """Return `value` as JSON holds it: what JSON does not know becomes text, unstorable characters U+FFFD.

    A value that cannot be written as JSON at all, because it contains itself, becomes a text that says so.
    """
    try:
        text = json.dumps(value, default=str)
    except (TypeError, ValueError, RecursionError) as error:
        return f"[webnet: a {type(value).__name__} that cannot be stored: {type(error).__name__}]"
    plain = json.loads(text, parse_constant=str)
    return _clean_parts(plain) if _ESCAPED.search(text) else plain


def find_unstorable(value: Any) -> tuple[str | int, ...] | None:
    """Return the path to the first text in JSON-like `value` that holds a NUL or a lone surrogate; None without one.

    The path to an unstorable key is that of its mapping.
    """
    if isinstance(value, str):
        return () if _UNSTORABLE.search(value) else None
    if isinstance(value, dict):
        if any(_UNSTORABLE.search(str(key)) for key in value):
            return ()
        return _first_inside(value.items())
    if isinstance(value, (list, tuple)):
        return _first_inside(enumerate(value))
    return None


def json_problem(value: Any, depth: int = 0) -> str:
    """Return why a database could not keep JSON-like `value`, or nobody could read it again; empty where it can."""
    if depth > DEEPEST:
        return f"This is nested deeper than {DEEPEST} levels."
    if isinstance(value, str):
        return "This holds a character that no database keeps." if _UNSTORABLE.search(value) else ""
    if isinstance(value, float):
        return "" if math.isfinite(value) else "This holds a number that JSON does not know."
    if isinstance(value, dict):
        parts: Iterable[Any] = (part for pair in value.items() for part in pair)
    else:
        parts = value if isinstance(value, (list, tuple)) else ()
    return next((found for part in parts if (found := json_problem(part, depth + 1))), "")


def _first_inside(pairs: Any) -> tuple[str | int, ...] | None:
    for key, item in pairs:
        if (found := find_unstorable(item)) is not None:
            return (key, *found)
    return None


def _clean_parts(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): _clean_parts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_parts(item) for item in value]
    return value
