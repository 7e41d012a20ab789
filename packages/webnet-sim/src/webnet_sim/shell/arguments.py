"""Kinds of argument a command takes, each with its canonical spelling."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a typed line and where it stood."""

    text: str
    column: int


_WORD = re.compile(r"\S+")

Kind = Callable[[str, Sequence[Token], int], "tuple[str, int] | None"]
"""Takes the raw line, its tokens and an index; gives the canonical text and how many tokens it used, or None."""


def tokenize(line: str) -> list[Token]:
    """Split a typed line into words that remember their column."""
    return [Token(found.group(), found.start()) for found in _WORD.finditer(line)]


def match_word(_line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """Any single word, as typed."""
    return tokens[index].text, 1


def match_rest(line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """Everything to the end of the line, inner blanks kept."""
    return line[tokens[index].column :].rstrip(), len(tokens) - index


def match_number(_line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """A decimal number without a sign."""
    text = tokens[index].text
    return (str(int(text)), 1) if text.isdecimal() and len(text) < 12 else None


def match_address(_line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """An IPv4 address."""
    return _accept(ipaddress.IPv4Address, tokens[index].text)


def match_address6(_line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """An IPv6 address, with or without a prefix length."""
    found = _accept(ipaddress.IPv6Interface, tokens[index].text)
    return (tokens[index].text.upper(), 1) if found else None


def match_prefix(_line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """An IPv4 address with a prefix length, such as ``10.0.0.1/24``."""
    text = tokens[index].text
    return _accept(ipaddress.IPv4Interface, text) if "/" in text else None


def match_vlans(_line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
    """One VLAN number, or a list with commas and ranges."""
    text = tokens[index].text
    return (text, 1) if re.fullmatch(r"\d{1,4}([,-]\d{1,4})*", text) else None


def _accept(kind: Callable[[str], object], text: str) -> tuple[str, int] | None:
    try:
        kind(text)
    except ValueError:
        return None
    return text, 1


@dataclass(frozen=True, slots=True)
class InterfaceNames:
    """How one vendor writes interface names: full types in their order of display.

    Args:
        types: Full type names, for example ``("GigabitEthernet", "Loopback")``.
        short: Full type to the abbreviation the vendor prints in tables.
    """

    types: Sequence[str]
    short: Mapping[str, str]

    _FORM = re.compile(r"([A-Za-z-]+)\s*([\d./]+)?$")

    def match(self, _line: str, tokens: Sequence[Token], index: int) -> tuple[str, int] | None:
        """An interface in one word (``gi0/1``) or two (``gig 0/1``)."""
        first = tokens[index].text
        if first[-1].isdigit():
            return _whole(self.expand(first), 1)
        if index + 1 < len(tokens) and tokens[index + 1].text[0].isdigit():
            return _whole(self.expand(first + tokens[index + 1].text), 2)
        return None

    def expand(self, text: str) -> str | None:
        """The full name of an abbreviated one, or None when it is no interface of this vendor."""
        found = self._FORM.match(text)
        if found is None or found[2] is None:
            return None
        prefix = found[1].lower()
        fitting = [name for name in self.types if name.lower().startswith(prefix)]
        exact = [name for name in fitting if name.lower() == prefix]
        chosen = exact or fitting
        return chosen[0] + found[2] if chosen else None

    def shorten(self, name: str) -> str:
        """The abbreviation this vendor prints for a full name, for example ``Gi0/1``."""
        found = self._FORM.match(name)
        if found is None or found[2] is None:
            return name
        return self.short.get(found[1], found[1]) + found[2]

    def sort_key(self, name: str) -> tuple[int, tuple[int, ...]]:
        """Order of display: by type as listed, then by number."""
        found = self._FORM.match(name)
        if found is None:
            return len(self.types), ()
        kind = self.types.index(found[1]) if found[1] in self.types else len(self.types)
        return kind, tuple(int(part) for part in re.findall(r"\d+", found[2] or ""))


def _whole(name: str | None, used: int) -> tuple[str, int] | None:
    return None if name is None else (name, used)


COMMON_KINDS: Mapping[str, Kind] = {
    "word": match_word,
    "rest": match_rest,
    "number": match_number,
    "ip": match_address,
    "mask": match_address,
    "ipv6": match_address6,
    "prefix": match_prefix,
    "vlans": match_vlans,
}
