"""Juniper hardware that can be simulated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a model says of itself, and its interfaces."""

    description: str
    interfaces: tuple[str, ...]


def _ports(form: str, last: int, management: str) -> tuple[str, ...]:
    return (*(form.format(number) for number in range(last)), management)


_VIRTUAL = Hardware("VMX", _ports("ge-0/0/{}", 8, "fxp0"))

_MODELS = (
    ("mx", Hardware("MX204", _ports("xe-0/1/{}", 8, "fxp0"))),
    ("qfx", Hardware("QFX5100-48S-6Q", _ports("xe-0/0/{}", 12, "em0"))),
    ("ex", Hardware("EX4300-48T", _ports("ge-0/0/{}", 12, "me0"))),
    ("srx", Hardware("SRX345", _ports("ge-0/0/{}", 8, "fxp0"))),
)


def get_hardware(model: str) -> Hardware:
    """The hardware behind a model name; an unknown one looks like a virtual MX."""
    return next((hardware for prefix, hardware in _MODELS if model.lower().startswith(prefix)), _VIRTUAL)
