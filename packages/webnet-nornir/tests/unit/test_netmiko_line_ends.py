"""netmiko takes what arrives apart at line ends; where one is cut in two by the network, no line may come to be."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from netmiko.cisco.cisco_ios import CiscoIosSSH

from webnet_nornir.drivers.netmiko.connection import WatchedChannel


class Wire:
    """Stands for paramiko's channel: gives the pieces one at a time, and nothing for a moment after each."""

    closed = eof_received = False
    transport = SimpleNamespace(is_active=lambda: True)

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.gap = 0

    def recv_ready(self) -> bool:
        if self.gap:
            self.gap -= 1
            return False
        return bool(self.pieces)

    def recv(self, size: int) -> bytes:
        self.gap = 2  # asked once whether there is more, and once whether the device has hung up
        return self.pieces.pop(0)


def read_through_netmiko(pieces: list[bytes]) -> str:
    connection = CiscoIosSSH(host="127.0.0.1", auto_connect=False)
    inner = SimpleNamespace(remote_conn=Wire(pieces), encoding="utf-8")
    connection.channel = WatchedChannel(inner, 10_000)
    return str(connection.read_until_pattern(r"r1#$", read_timeout=60))


@pytest.mark.parametrize("cut", range(1, len(b"ntp server 1\r\nend\r\nr1#")))
def test_a_line_end_cut_in_two_is_one_line_end(cut: int):
    sent = b"ntp server 1\r\nend\r\nr1#"
    assert read_through_netmiko([sent[:cut], sent[cut:]]) == "ntp server 1\nend\nr1#"


def test_a_line_end_that_arrives_byte_by_byte_is_one_line_end():
    sent = b"end\r\r\nr1#"
    assert read_through_netmiko([bytes([byte]) for byte in sent]) == "end\nr1#"
