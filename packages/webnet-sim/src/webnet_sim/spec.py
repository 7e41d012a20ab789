"""What a simulated device is told about itself before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field

from webnet_sim.faults import Fault


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkEnd:
    """One end of a cable, seen from the device that has it.

    Args:
        interface: Our interface, full name.
        peer: Name of the device at the other end.
        peer_interface: Its interface, full name.
        address: Our IPv4 address with prefix length; empty for a link without one.
    """

    interface: str
    peer: str
    peer_interface: str
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceSpec:
    """One device of a simulated network.

    Args:
        name: Host name, and the key in the network.
        platform: A name of `webnet_sim.vendors.catalogue.PLATFORMS`, for example ``cisco_ios``.
        port: TCP port; 0 takes a free one.
        username: Who may log in.
        password: With which password.
        public_key: A public key that is let in too, as a line of ``authorized_keys``.
        enable: Enable secret. With one, logins start unprivileged; without, privileged at once.
        model: Hardware model; empty for the vendor's usual one.
        version: Operating system version; empty for the vendor's usual one.
        serial: Serial number; empty for one derived from the name.
        site: Short site name, shown in the configuration.
        role: ``spine``, ``leaf``, ``core``, ``access``, ``wan``, … ; shapes the generated configuration.
        management: Management address with prefix length.
        loopback: Address of the loopback interface, the router's identity.
        clock_rate: How many seconds pass on the device in one real second; its timers run by that clock.
        faults: What is wrong with it from the start.
        links: Its cables.
        interfaces: Physical interfaces; empty for the model's usual ones. Those of links are always there.
        config: The whole configuration; empty to have one generated.
        extra_config: Lines applied on top.
    """

    name: str
    platform: str = "cisco_ios"
    port: int = 0
    username: str = "admin"
    password: str = field(default="admin", repr=False)
    public_key: str = ""
    enable: str = field(default="", repr=False)
    model: str = ""
    version: str = ""
    serial: str = ""
    site: str = ""
    role: str = ""
    management: str = ""
    loopback: str = ""
    clock_rate: float = 1.0
    faults: tuple[Fault, ...] = ()
    links: tuple[LinkEnd, ...] = ()
    interfaces: tuple[str, ...] = ()
    config: str = ""
    extra_config: str = ""

    @property
    def level(self) -> int:
        """Privilege a login starts with."""
        return 1 if self.enable else 15
