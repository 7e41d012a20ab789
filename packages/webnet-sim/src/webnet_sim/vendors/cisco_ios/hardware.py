"""Cisco hardware that can be simulated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a model says of itself in `show version`, and its interfaces."""

    family: str
    image: str
    rom: str
    processor: str
    chassis: str
    interfaces: tuple[str, ...]


def _ports(form: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(form.format(number) for number in range(first, last + 1))


_IOSV = Hardware(
    "IOSv",
    "VIOS-ADVENTERPRISEK9-M",
    "Bootstrap program is IOSv",
    "revision 1.0",
    "IOSv",
    _ports("GigabitEthernet0/{}", 0, 3),
)

_MODELS = (
    (
        "ISR44",
        Hardware(
            "ISR",
            "X86_64_LINUX_IOSD-UNIVERSALK9-M",
            "16.12(2r)",
            "2RU",
            "Chassis",
            (*_ports("GigabitEthernet0/0/{}", 0, 3), "GigabitEthernet0"),
        ),
    ),
    (
        "WS-C29",
        Hardware(
            "C2960X",
            "C2960X-UNIVERSALK9-M",
            "Bootstrap program is C2960X boot loader",
            "APM86XXX",
            "1",
            _ports("GigabitEthernet1/0/{}", 1, 12),
        ),
    ),
    (
        "WS-C",
        Hardware(
            "C3750E",
            "C3750E-UNIVERSALK9-M",
            "Bootstrap program is C3750E boot loader",
            "PowerPC405",
            "1",
            _ports("GigabitEthernet1/0/{}", 1, 12),
        ),
    ),
)


def get_hardware(model: str) -> Hardware:
    """The hardware behind a model name; an unknown one looks like IOSv."""
    return next((hardware for prefix, hardware in _MODELS if model.startswith(prefix)), _IOSV)
