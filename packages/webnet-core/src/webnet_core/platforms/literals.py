"""Which text a line must hold before a regular expression can match in it: looking for that text is much faster."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_INNERMOST_GROUP = re.compile(r"\([^()]*\)")
_REPEATED = re.compile(r".(?:[?*+]|\{[^}]*\})[?+]?", re.DOTALL)
_FLAGS = re.compile(r"\(\?([aiLmsux]*)(?:-[imsx]+)?[:)]")
# Escapes that are longer than one letter, whose rest would be taken for literal text.
_LONG_ESCAPES = frozenset("xuUN0123456789")
_ANYTHING = "\x00"


def needed_literal(pattern: str) -> str:
    """Return a text that is part of everything `pattern` matches; empty where none is certain.

    Only what stands outside groups, classes and repetitions counts; where flags make letters match without regard to
    case, letters do not.
    """
    flags = "".join(_FLAGS.findall(pattern))
    if "x" in flags or _LONG_ESCAPES & set(_ESCAPE.findall(pattern)):
        return ""
    plain = _outside_groups(_CLASS.sub(_ANYTHING, _ESCAPE.sub(_ANYTHING, pattern)))
    if re.search(r"[()\[\]|]", plain):
        return ""
    plain = _REPEATED.sub(_ANYTHING, plain)
    found = re.findall(r"[!-/:-@_ -]+" if "i" in flags else r"[\w!-/:-@ -]+", re.sub(r"[.^$*+?{}]", _ANYTHING, plain))
    return max(found, key=len, default="")


def _outside_groups(pattern: str) -> str:
    while True:
        pattern, count = _INNERMOST_GROUP.subn(_ANYTHING, pattern)
        if not count:
            return pattern
