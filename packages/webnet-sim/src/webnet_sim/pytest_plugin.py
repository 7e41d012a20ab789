"""Fixtures that give a test real SSH devices; loaded by pytest wherever webnet-sim is installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from webnet_sim.network import Network, SimulatedDevice
    from webnet_sim.spec import DeviceSpec
    from webnet_sim.topology import Topology


class NetworkFactory(Protocol):
    """What the fixture `sim_network` gives."""

    def __call__(self, devices: Topology | Iterable[DeviceSpec] | str, **options: Any) -> Network:
        """Start a network; a text is the name or path of a topology. Options are those of `Network`."""


class DeviceFactory(Protocol):
    """What the fixture `sim_device` gives."""

    def __call__(self, name: str = "", **facts: Any) -> SimulatedDevice:
        """Start one device. Facts are those of `DeviceSpec`; `faults` may be names."""


@pytest.fixture
def sim_network() -> Iterator[NetworkFactory]:
    """Start simulated networks that are stopped when the test ends."""
    from webnet_sim.network import Network  # noqa: PLC0415 - this plugin is loaded in every pytest run
    from webnet_sim.topology_file import load_topology  # noqa: PLC0415

    started: list[Network] = []

    def make(devices: Topology | Iterable[DeviceSpec] | str, **options: Any) -> Network:
        network = Network(load_topology(devices) if isinstance(devices, str) else devices, **options)
        started.append(network)
        return network.start()

    yield make
    for network in started:
        network.stop()


@pytest.fixture
def sim_device(sim_network: NetworkFactory) -> DeviceFactory:
    """Start single simulated devices that are stopped when the test ends."""
    from webnet_sim.faults import make_fault  # noqa: PLC0415
    from webnet_sim.spec import DeviceSpec  # noqa: PLC0415

    numbers = count(1)

    def make(name: str = "", **facts: Any) -> SimulatedDevice:
        faults = tuple(make_fault(fault) for fault in facts.pop("faults", ()))
        spec = DeviceSpec(name=name or f"sim-{next(numbers)}", faults=faults, **facts)
        return sim_network([spec])[spec.name]

    return make
