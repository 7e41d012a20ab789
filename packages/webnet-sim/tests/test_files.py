"""Files over SSH: SCP and SFTP to a device's flash."""

from __future__ import annotations

import asyncio

import asyncssh
import pytest
from tests.ssh_client import connect


async def _connect(device):
    return await asyncssh.connect(
        device.host,
        device.port,
        username=device.spec.username,
        password=device.spec.password,
        known_hosts=None,
        client_keys=None,
        config=None,
    )


def scp(device, source, target, *, fetch=False):
    async def work():
        async with await _connect(device) as connection:
            ends = ((connection, source), str(target)) if fetch else (str(source), (connection, target))
            await asyncssh.scp(*ends)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("platform", "target"),
    [
        ("cisco_ios", "flash:/new.cfg"),
        ("arista_eos", "/mnt/flash/new.cfg"),
        ("cisco_nxos", "bootflash:new.cfg"),
        ("juniper_junos", "/var/tmp/new.cfg"),
    ],
)
def test_a_file_goes_there_and_back_by_scp(sim_device, tmp_path, platform, target):
    extra = {"cisco_ios": "ip scp server enable", "cisco_nxos": "feature scp-server"}.get(platform, "")
    device = sim_device("r1", platform=platform, extra_config=extra)
    (tmp_path / "a").write_text("hostname other\n" * 5000)
    scp(device, tmp_path / "a", target)
    assert device.read_file(target) == "hostname other\n" * 5000
    scp(device, target, tmp_path / "b", fetch=True)
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()
    assert [entry.text for entry in device.transcript.entries if entry.kind == "file"] == [
        f"put {target}",
        f"get {target}",
    ]


def test_sftp_lists_reads_writes_and_removes(sim_device):
    device = sim_device("sw1", platform="arista_eos")
    device.put_file("flash:one", "1\n")
    transport = connect(device)
    import paramiko

    client = paramiko.SFTPClient.from_transport(transport)
    with client.open("/mnt/flash/two", "w") as file:
        file.write("2\n")
    assert sorted(client.listdir("/mnt/flash/")) == ["one", "two"]
    assert client.stat("/mnt/flash/two").st_size == 2
    client.remove("/mnt/flash/one")
    with pytest.raises(FileNotFoundError):
        client.open("/mnt/flash/one")
    transport.close()
    assert device.read_file("flash:two") == "2\n"


def test_a_device_takes_no_files_before_it_is_told_to(sim_device, tmp_path):
    device = sim_device("r1")
    (tmp_path / "a").write_text("x\n")
    with pytest.raises(asyncssh.ChannelOpenError):
        scp(device, tmp_path / "a", "flash:a")
    assert device.read_file("flash:a") is None
