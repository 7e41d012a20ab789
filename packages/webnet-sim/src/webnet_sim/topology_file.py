"""Topologies as YAML files: read, checked, every mistake named by its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any, NoReturn

import yaml

from webnet_sim.exceptions import BadFaultParameter, TopologyError, UnknownFault
from webnet_sim.faults import Fault, make_fault
from webnet_sim.spec import DeviceSpec
from webnet_sim.topology import Link, Topology, connect
from webnet_sim.vendors.catalogue import PLATFORMS, get_vendor

_SECRETS = ("username", "password", "enable")
_TEXTS = ("model", "version", "serial", "site", "role", "config", "extra_config", *_SECRETS)


def shipped_topologies() -> list[str]:
    """Names of the topologies that come with the package."""
    folder = files("webnet_sim").joinpath("topologies")
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load_topology(name: str | Path) -> Topology:
    """Read a topology by the name of a shipped one or the path of a YAML file.

    Raises:
        TopologyError: It is not there, or something in it is wrong.
    """
    if str(name) in shipped_topologies():
        text = files("webnet_sim").joinpath(f"topologies/{name}.yaml").read_text(encoding="utf-8")
        return parse_topology(text, source=str(name))
    path = Path(name)
    if not path.is_file():
        known = ", ".join(shipped_topologies())
        raise TopologyError(
            str(name), f"there is no such file, and no shipped topology of this name (shipped: {known})"
        )
    return parse_topology(path.read_text(encoding="utf-8"), source=str(path))


def parse_topology(text: str, *, source: str = "topology") -> Topology:
    """Build a topology from YAML text.

    Raises:
        TopologyError: Something in it is wrong.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise TopologyError("file", f"is not YAML: {error}", source=source) from None
    return _Reader(source).read(document)


class _Reader:
    """Turns a parsed document into a topology; knows its source for messages."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._defaults: Mapping[str, Any] = {}

    def read(self, document: object) -> Topology:
        top = self._mapping("file", document)
        self._known_keys("file", top, ("name", "defaults", "devices", "links"))
        self._defaults = self._mapping("defaults", top.get("defaults", {}))
        self._known_keys("defaults", self._defaults, _DEVICE_KEYS)
        specs = [
            self._device(f"devices[{i}]", item) for i, item in enumerate(self._list("devices", top.get("devices")))
        ]
        self._unique(specs)
        by_name = {spec.name: spec for spec in specs}
        links = [
            self._link(f"links[{i}]", item, by_name) for i, item in enumerate(self._list("links", top.get("links", [])))
        ]
        self._free_ends(links)
        return Topology(devices=connect(specs, links), name=str(top.get("name", self._source)))

    # -- devices

    def _device(self, path: str, item: object) -> DeviceSpec:
        given = self._mapping(path, item)
        self._known_keys(path, given, _DEVICE_KEYS)
        if "name" not in given:
            self._fail(path, "has no name")
        facts = {**self._defaults, **given}
        return DeviceSpec(**{key: _READERS[key](self, f"{path}.{key}", value) for key, value in facts.items()})

    def _name(self, path: str, value: object) -> str:
        text = self._text(path, value)
        if not text.replace("-", "").replace("_", "").replace(".", "").isalnum() or text.startswith("."):
            self._fail(path, f"{text!r} is no device name; use letters, digits, '-', '_' and '.'")
        return text

    def _platform(self, path: str, value: object) -> str:
        if value not in PLATFORMS:
            self._fail(path, f"{value!r} is not simulated; choose one of: {', '.join(PLATFORMS)}")
        return str(value)

    def _port(self, path: str, value: object) -> int:
        if not isinstance(value, int) or not 0 <= value <= 65535:
            self._fail(path, f"{value!r} is no port; use 1 to 65535, or 0 for a free one")
        return value

    def _rate(self, path: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100_000:
            self._fail(path, f"{value!r} is no rate; use seconds of the device in one real second, such as 60")
        return float(value)

    def _text(self, path: str, value: object) -> str:
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            self._fail(path, f"{value!r} is no text")
        return str(value)

    def _prefix(self, path: str, value: object) -> str:
        return self._parsed(path, value, IPv4Interface, "an IPv4 address with prefix length, such as 192.0.2.1/24")

    def _address(self, path: str, value: object) -> str:
        return self._parsed(path, value, IPv4Address, "an IPv4 address")

    def _parsed(self, path: str, value: object, parse: Callable[[str], object], expected: str) -> str:
        try:
            parse(str(value))
        except ValueError:
            self._fail(path, f"{value!r} is not {expected}")
        return str(value)

    def _names(self, path: str, value: object) -> tuple[str, ...]:
        return tuple(self._text(f"{path}[{i}]", item) for i, item in enumerate(self._list(path, value)))

    def _faults(self, path: str, value: object) -> tuple[Fault, ...]:
        return tuple(self._fault(f"{path}[{i}]", item) for i, item in enumerate(self._list(path, value)))

    def _fault(self, path: str, item: object) -> Fault:
        name, parameters = (item, {}) if isinstance(item, str) else next(iter(self._mapping(path, item).items()))
        try:
            return make_fault(str(name), **self._mapping(f"{path}.{name}", parameters or {}))
        except (UnknownFault, BadFaultParameter) as error:
            self._fail(path, str(error))

    # -- links

    def _link(self, path: str, item: object, known: Mapping[str, DeviceSpec]) -> Link:
        given = self._mapping(path, item)
        self._known_keys(path, given, ("a", "b", "network"))
        for key in ("a", "b"):
            if key not in given:
                self._fail(path, f"has no {key}")
        network = given.get("network", "")
        if network:
            self._parsed(f"{path}.network", network, IPv4Network, "an IPv4 network, such as 10.0.0.0/31")
            if IPv4Network(network).prefixlen == 32:
                self._fail(f"{path}.network", f"{network!r} has no room for two addresses")
        a, b = (self._end(f"{path}.{key}", given[key], known) for key in ("a", "b"))
        return Link(a=a, b=b, network=str(network))

    def _end(self, path: str, value: object, known: Mapping[str, DeviceSpec]) -> str:
        device, colon, port = self._text(path, value).partition(":")
        if not colon:
            self._fail(path, f"{value!r} must be DEVICE:INTERFACE")
        if device not in known:
            self._fail(path, f"there is no device {device!r}")
        full = get_vendor(known[device].platform).names.expand(port)
        if full is None:
            self._fail(path, f"{port!r} is no interface of {known[device].platform}")
        return f"{device}:{full}"

    def _free_ends(self, links: Sequence[Link]) -> None:
        used: dict[str, int] = {}
        for number, link in enumerate(links):
            for key, end in (("a", link.a), ("b", link.b)):
                if end in used:
                    self._fail(f"links[{number}].{key}", f"{end} is already used by links[{used[end]}]")
                used[end] = number

    # -- shapes

    def _unique(self, specs: Sequence[DeviceSpec]) -> None:
        names: dict[str, int] = {}
        for number, spec in enumerate(specs):
            if spec.name in names:
                self._fail(
                    f"devices[{number}].name", f"{spec.name!r} is already the name of devices[{names[spec.name]}]"
                )
            names[spec.name] = number

    def _known_keys(self, path: str, given: Mapping[str, Any], allowed: Sequence[str]) -> None:
        for key in given:
            if key not in allowed:
                self._fail(f"{path}.{key}", f"is not known; there are: {', '.join(sorted(allowed))}")

    def _mapping(self, path: str, value: object) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self._fail(path, f"must be a mapping, not {type(value).__name__}")
        return value

    def _list(self, path: str, value: object) -> Sequence[object]:
        if not isinstance(value, list):
            self._fail(path, f"must be a list, not {type(value).__name__}")
        return value

    def _fail(self, path: str, problem: str) -> NoReturn:
        raise TopologyError(path, problem, source=self._source)


_READERS: Mapping[str, Callable[[_Reader, str, object], Any]] = {
    "name": _Reader._name,  # noqa: SLF001
    "platform": _Reader._platform,  # noqa: SLF001
    "port": _Reader._port,  # noqa: SLF001
    "clock_rate": _Reader._rate,  # noqa: SLF001
    "management": _Reader._prefix,  # noqa: SLF001
    "loopback": _Reader._address,  # noqa: SLF001
    "interfaces": _Reader._names,  # noqa: SLF001
    "faults": _Reader._faults,  # noqa: SLF001
    **dict.fromkeys(_TEXTS, _Reader._text),  # noqa: SLF001
}

_DEVICE_KEYS = tuple(field.name for field in dataclasses.fields(DeviceSpec) if field.name in _READERS)
