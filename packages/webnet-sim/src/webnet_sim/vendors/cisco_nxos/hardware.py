"""Cisco Nexus hardware that can be simulated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a model says of itself, and its interfaces."""

    family: str
    description: str
    interfaces: tuple[str, ...]


def _ports(last: int) -> tuple[str, ...]:
    return (*(f"Ethernet1/{number}" for number in range(1, last + 1)), "mgmt0")


_VIRTUAL = Hardware("Nexus9000", "Nexus9000 C9300v Chassis", _ports(8))

_MODELS = (
    ("C93180", Hardware("Nexus9000", "48x10/25G/32G + 6x40/100G Ethernet Module", _ports(12))),
    ("C9364", Hardware("Nexus9000", "64x100G Ethernet Module", _ports(12))),
    ("C9336", Hardware("Nexus9000", "36x40/100G Ethernet Module", _ports(12))),
)


def get_hardware(model: str) -> Hardware:
    """The hardware behind a model name, with or without ``N9K-``; an unknown one looks like a Nexus 9300v."""
    short = model.removeprefix("N9K-")
    return next((hardware for prefix, hardware in _MODELS if short.startswith(prefix)), _VIRTUAL)
