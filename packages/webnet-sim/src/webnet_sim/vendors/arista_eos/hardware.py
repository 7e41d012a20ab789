"""Arista hardware that can be simulated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a model says of itself, and its interfaces."""

    description: str
    revision: str
    interfaces: tuple[str, ...]


def _ports(last: int) -> tuple[str, ...]:
    return (*(f"Ethernet{number}" for number in range(1, last + 1)), "Management1")


_VEOS = Hardware("vEOS-lab virtual switch", "", _ports(8))

_MODELS = (
    ("DCS-7050", Hardware("48-port SFP28 25GbE and 8-port QSFP100 100GbE 1RU switch", "11.01", _ports(12))),
    ("DCS-7280", Hardware("48-port SFP28 25GbE and 6-port QSFP100 100GbE 1RU router", "12.03", _ports(12))),
    ("DCS-7060", Hardware("32-port QSFP100 100GbE 1RU switch", "12.00", _ports(8))),
)


def get_hardware(model: str) -> Hardware:
    """The hardware behind a model name; an unknown one looks like vEOS."""
    return next((hardware for prefix, hardware in _MODELS if model.startswith(prefix)), _VEOS)
