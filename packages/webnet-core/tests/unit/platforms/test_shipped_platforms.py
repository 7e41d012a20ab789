"""Platform data is right: which lines are noise, which hold secrets, which are errors, how a configuration ends."""

from __future__ import annotations

import re

import pytest

from webnet_core.platforms import PLATFORMS, bare_platform, extend
from webnet_core.plugin import Platform, PlatformExtension

BY_SLUG = {platform.slug: platform for platform in PLATFORMS}
MASK = "<masked>"
PROMISED = {
    "cisco_ios",
    "cisco_iosxe",
    "cisco_nxos",
    "cisco_xr",
    "cisco_asa",
    "arista_eos",
    "juniper_junos",
    "nokia_sros",
    "huawei_vrp",
    "hp_comware",
    "hp_procurve",
    "aruba_aoscx",
    "dell_os10",
    "extreme_exos",
    "fortinet",
    "paloalto_panos",
    "mikrotik_routeros",
    "vyos",
    "linux",
    "frr",
    "ubiquiti_edgeos",
}


def mask(platform: Platform, line: str) -> str:
    """Mask a line as the module's docstring says patterns are used."""
    spans = {match.span("secret") for pattern in platform.secrets for match in re.finditer(pattern, line)}
    for start, end in sorted(spans, reverse=True):
        line = line[:start] + "\0" * (end - start) + line[end:]
    return re.sub("\0+", MASK, line)


def matches(patterns, line: str, flags: re.RegexFlag = re.NOFLAG) -> bool:
    return any(re.search(pattern, line, flags) for pattern in patterns)


def test_every_promised_platform_is_there():
    assert set(BY_SLUG) >= PROMISED
    assert len(BY_SLUG) == len(PLATFORMS)


@pytest.mark.parametrize("platform", PLATFORMS, ids=BY_SLUG)
def test_a_platform_is_whole(platform: Platform):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", platform.slug)
    assert platform.label
    assert platform.vendor
    assert platform.drivers
    assert set(platform.drivers) <= set(platform.names)
    assert platform.facts_commands
    assert platform.config_commands or platform.slug == "linux"


@pytest.mark.parametrize("platform", PLATFORMS, ids=BY_SLUG)
def test_every_pattern_compiles_and_every_secret_is_named(platform: Platform):
    for pattern in (*platform.volatile, *platform.errors):
        assert not re.compile(pattern).match("")
    for pattern in platform.secrets:
        assert "secret" in re.compile(pattern).groupindex
    if platform.config_end:
        assert not re.search(platform.config_end, "interface Ethernet1")


HARMLESS = [
    "hostname edge1",
    "interface GigabitEthernet0/1",
    " description uplink to core",
    " ip address 10.0.0.1 255.255.255.0",
    "service password-encryption",
    "router bgp 65000",
    " neighbor 10.0.0.2 remote-as 65001",
    "snmp-server location Room 7",
    "snmp-server enable traps",
    "key chain OSPF",
    " key 1",
    "aaa authentication login default group tacacs+ local",
    "ip ssh version 2",
    "line vty 0 4",
    "crypto key generate rsa",
    "ntp server 10.0.0.9",
    "end",
]


@pytest.mark.parametrize(
    "slug", ["cisco_ios", "cisco_iosxe", "cisco_nxos", "cisco_xr", "cisco_asa", "arista_eos", "frr"]
)
@pytest.mark.parametrize("line", HARMLESS)
def test_plain_lines_are_neither_noise_nor_secret(slug: str, line: str):
    platform = BY_SLUG[slug]

    assert mask(platform, line) == line
    assert not matches(platform.volatile, line)
    assert not matches(platform.errors, line.strip(), re.IGNORECASE)


IOS_SECRETS = [
    "enable secret 9 $9$abc$def",
    "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
    "enable password Cisco123",
    "enable secret level 15 5 $1$mERr$hx5",
    "username admin privilege 15 secret 9 $9$abc",
    "username admin privilege 15 password 0 clear text pass",
    "username bob password 7 0822455D0A16",
    "username eve secret plain",
    " password 7 094F471A1A0A",
    " password cisco",
    "snmp-server community s3cr3t RO 10",
    "snmp-server host 10.0.0.9 version 2c s3cr3t",
    "snmp-server host 10.0.0.9 traps version 2c s3cr3t",
    "snmp-server host 10.0.0.9 s3cr3t",
    "snmp-server user mon GRP v3 auth sha authpass priv aes 128 privpass",
    "radius-server host 10.0.0.5 auth-port 1812 key 7 13061E010803",
    "tacacs-server key 7 13061E010803",
    " key 7 13061E010803",
    " key s3cr3t",
    "  key-string 7 01100F175804",
    "  key-string s3cr3t",
    " server-private 10.0.0.5 key 7 13061E010803",
    " neighbor 10.0.0.2 password 7 13061E010803",
    " neighbor 10.0.0.2 password s3cr3t",
    " ip ospf message-digest-key 1 md5 7 13061E010803",
    " ip ospf authentication-key 7 13061E010803",
    " area 1 virtual-link 10.0.0.2 message-digest-key 1 md5 s3cr3t",
    " isis password s3cr3t level-2",
    " area-password s3cr3t",
    " standby 1 authentication md5 key-string 7 13061E010803",
    " standby 1 authentication s3cr3t",
    "crypto isakmp key s3cr3t address 10.0.0.2",
    " pre-shared-key local 6 hexhexhex",
    "ntp authentication-key 1 md5 13061E010803 7",
    " ppp chap password 7 13061E010803",
    "ip ftp password 7 13061E010803",
    "key config-key password-encrypt s3cr3tmaster",
    " path ftp://backup:s3cr3t@10.0.0.9/configs",
]
VALUES = re.compile(
    r"\$\d\$\S+|Cisco123|clear text pass|plain$|cisco$|s3cr3t\w*|authpass|privpass|hexhexhex|0822455D0A16|094F471A1A0A|"
    r"13061E010803|01100F175804|(?<=sha512 )\S+"
)


@pytest.mark.parametrize("slug", ["cisco_ios", "cisco_iosxe", "arista_eos"])
@pytest.mark.parametrize("line", IOS_SECRETS)
def test_the_value_is_masked_and_keyword_and_type_digit_stay(slug: str, line: str):
    assert VALUES.search(line)
    assert mask(BY_SLUG[slug], line) == VALUES.sub(MASK, line)


EOS_SECRETS = [
    "username admin privilege 15 role network-admin secret sha512 $6$abc$def",
    "enable password sha512 $6$abc$def",
    "aaa root secret sha512 $6$abc$def",
    "enable secret sha512 $6$abc$def",
    "snmp-server community s3cr3t ro",
    "   neighbor 10.0.0.2 password 7 13061E010803",
    "service unsupported-transceiver acme s3cr3t",
    "tacacs-server host 10.0.0.5 key 7 13061E010803",
    "   ip ospf authentication-key 7 13061E010803",
]


@pytest.mark.parametrize("line", EOS_SECRETS)
def test_eos_values_are_masked(line: str):
    assert mask(BY_SLUG["arista_eos"], line) == VALUES.sub(MASK, line)


@pytest.mark.parametrize(
    ("slug", "line", "value"),
    [
        ("cisco_nxos", "username admin password 5 $5$abc$def  role network-admin", "$5$abc$def"),
        ("cisco_nxos", "snmp-server user admin network-admin auth md5 0xabc priv 0xdef localizedkey", "0xdef"),
        ("cisco_xr", " secret 10 $6$abc", "$6$abc"),
        ("cisco_xr", "  key-string password 13061E010803", "13061E010803"),
        ("cisco_asa", "passwd 2KFQnbNIdI.2KYOU encrypted", "2KFQnbNIdI.2KYOU"),
        ("cisco_asa", " ikev1 pre-shared-key s3cr3t", "s3cr3t"),
        ("cisco_asa", "snmp-server host inside 10.0.0.9 community s3cr3t", "s3cr3t"),
        ("juniper_junos", '    encrypted-password "$6$abc$def"; ## SECRET-DATA', "$6$abc$def"),
        ("juniper_junos", 'set system root-authentication encrypted-password "$6$abc"', "$6$abc"),
        ("juniper_junos", "set snmp community s3cr3t-ro authorization read-only", "s3cr3t-ro"),
        ("juniper_junos", "    community s3cr3t {", "s3cr3t"),
        ("juniper_junos", "set security ike policy P pre-shared-key hexadecimal abc123", "abc123"),
        ("nokia_sros", '            password "$2y$10$abc" hash2', "$2y$10$abc"),
        ("nokia_sros", '        community "s3cr3t" r version both', "s3cr3t"),
        ("huawei_vrp", " local-user admin password irreversible-cipher $1c$abc$def$", "$1c$abc$def$"),
        ("huawei_vrp", " snmp-agent community read cipher %^%#abc%^%#", "%^%#abc%^%#"),
        ("hp_comware", " password hash $h$6$abc", "$h$6$abc"),
        ("hp_comware", " snmp-agent community read s3cr3t", "s3cr3t"),
        ("hp_procurve", 'password manager user-name "admin" sha1 "abc123def"', "abc123def"),
        ("hp_procurve", 'snmp-server community "s3cr3t" unrestricted', "s3cr3t"),
        ("aruba_aoscx", "user admin group administrators password ciphertext AQBapabc", "AQBapabc"),
        ("aruba_os", "mgmt-user admin root 0123abcd", "0123abcd"),
        ("dell_os10", "system-user linuxadmin password $6$abc", "$6$abc"),
        ("extreme_exos", 'configure account admin encrypted "$5$abc"', "$5$abc"),
        ("fortinet", "        set password ENC SH2abc=", "SH2abc="),
        ("fortinet", '        set psksecret "s3cr3t"', "s3cr3t"),
        ("paloalto_panos", "        <phash>$5$abc</phash>", "$5$abc"),
        ("paloalto_panos", "        key -AQ==abcdef;", "-AQ==abcdef"),
        ("mikrotik_routeros", "/ppp secret add name=u password=s3cr3t service=pptp", "s3cr3t"),
        ("vyos", "set system login user v authentication encrypted-password '$6$abc'", "$6$abc"),
        ("vyos", "set service snmp community s3cr3t authorization ro", "s3cr3t"),
        ("ubiquiti_edgeos", "set vpn ipsec site-to-site peer a authentication pre-shared-secret s3cr3t", "s3cr3t"),
        ("frr", " ip ospf message-digest-key 1 md5 s3cr3t", "s3cr3t"),
        ("linux", "rocommunity s3cr3t", "s3cr3t"),
        ("checkpoint_gaia", "set user admin password-hash $6$abc", "$6$abc"),
        ("ruckus_fastiron", "enable super-user-password 8 $1$abc", "$1$abc"),
        ("mellanox_mlnxos", "username admin password 7 $6$abc", "$6$abc"),
        ("ciena_saos", "user create user u secret $6$abc", "$6$abc"),
        ("cumulus_linux", "nv set system aaa user c hashed-password '$6$abc'", "$6$abc"),
    ],
)
def test_other_vendors_values_are_masked(slug: str, line: str, value: str):
    masked = mask(BY_SLUG[slug], line)

    assert value not in masked
    assert MASK in masked
    assert masked.split(maxsplit=1)[0] == line.split(maxsplit=1)[0] or line.lstrip().startswith("<phash>")


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("cisco_ios", "Building configuration..."),
        ("cisco_ios", "Current configuration : 3456 bytes"),
        ("cisco_ios", "! Last configuration change at 10:00:00 UTC Mon Jan 1 2024 by admin"),
        ("cisco_ios", "! No configuration change since last restart"),
        ("cisco_ios", "! NVRAM config last updated at 10:00:00 UTC Mon Jan 1 2024"),
        ("cisco_ios", "ntp clock-period 17179869"),
        ("arista_eos", "! Command: show running-config"),
        ("arista_eos", "! Time: Mon Jan  1 10:00:00 2024"),
        ("arista_eos", "! device: edge1 (vEOS-lab, EOS-4.30.1F)"),
        ("cisco_nxos", "!Time: Mon Jan  1 10:00:00 2024"),
        ("cisco_xr", "Mon Jan  1 10:00:00.123 UTC"),
        ("cisco_asa", "Cryptochecksum:0123456789abcdef"),
        ("juniper_junos", "## Last commit: 2024-01-01 10:00:00 UTC by admin"),
        ("nokia_sros", "# Generated MON JAN 01 10:00:00 2024 UTC"),
        ("fortinet", "#config-version=FGVMK6-7.2.5-FW-build1517:opmode=0:vdom=0:user=admin"),
        ("fortinet", "        set password ENC SH2abc="),
        ("mikrotik_routeros", "# jan/01/2024 10:00:00 by RouterOS 6.49"),
        ("mikrotik_routeros", "# 2024-01-01 10:00:00 by RouterOS 7.12"),
        ("vyos", '// vyos-config-version: "bgp@4"'),
        ("checkpoint_gaia", "# Exported by admin on Mon Jan 1 10:00:00 2024"),
    ],
)
def test_noise_is_recognised(slug: str, line: str):
    assert matches(BY_SLUG[slug].volatile, line)


@pytest.mark.parametrize("slug", ["cisco_ios", "arista_eos", "cisco_xr", "frr"])
def test_a_configuration_ends_with_end_alone(slug: str):
    end = BY_SLUG[slug].config_end or ""

    assert re.search(end, "end")
    assert not re.search(end, "endless")
    assert not re.search(end, " end of description")


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("cisco_ios", "% Invalid input detected at '^' marker."),
        ("cisco_ios", "% Incomplete command."),
        ("cisco_ios", '% Ambiguous command:  "sh"'),
        ("cisco_ios", "% Unknown command or computer name, or unable to find computer address"),
        ("cisco_ios", "% 10.0.0.0 overlaps with GigabitEthernet0/1"),
        ("cisco_ios", "Command authorization failed."),
        ("arista_eos", "% Invalid input"),
        ("arista_eos", "% Unavailable command (not supported on this hardware platform)"),
        ("arista_eos", "% Authorization denied for command 'reload'"),
        ("cisco_nxos", "% Invalid command at '^' marker."),
        ("cisco_nxos", "ERROR: Vlan not found"),
        ("cisco_asa", "ERROR: % Invalid input detected at '^' marker."),
        ("juniper_junos", "error: commit failed: (statements constraint check failed)"),
        ("nokia_sros", "MINOR: CLI Invalid command"),
        ("huawei_vrp", "Error: Unrecognized command found at '^' position."),
        ("hp_comware", "% Unrecognized command found at '^' position."),
        ("fortinet", "command parse error before 'foo'"),
        ("paloalto_panos", "Unknown command: foo"),
        ("mikrotik_routeros", "bad command name foo (line 1 column 1)"),
        ("vyos", "Set failed"),
        ("extreme_exos", "%% Invalid input detected at '^' marker."),
    ],
)
def test_refusals_are_recognised(slug: str, line: str):
    assert matches(BY_SLUG[slug].errors, line, re.IGNORECASE)


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("cisco_ios", "5 input errors, 0 CRC, 0 frame, 0 overrun"),
        ("cisco_ios", "%No Rollback Confirmed Change pending"),
        ("cisco_ios", "% LLDP is not enabled"),
        ("cisco_asa", "WARNING: this is only a warning"),
        ("juniper_junos", "warning: uncommitted changes"),
    ],
)
def test_answers_that_only_look_like_refusals_are_none(slug: str, line: str):
    assert not matches(BY_SLUG[slug].errors, line, re.IGNORECASE)


def test_a_platform_known_by_name_alone_runs_commands_and_masks_the_obvious():
    platform = bare_platform("netmiko", "adtran_os")

    assert (platform.slug, platform.drivers, platform.names) == ("adtran_os", ("netmiko",), {"netmiko": "adtran_os"})
    assert platform.config_commands == {}
    assert mask(platform, "enable password s3cr3t") == f"enable password {MASK}"


def test_an_extension_stands_behind_what_is_there():
    ios = BY_SLUG["cisco_ios"]

    extended = extend(ios, PlatformExtension(slug="cisco_ios", volatile=["^! x"], errors=["^oops"], secrets=["^y"]))

    assert extended.volatile == (*ios.volatile, "^! x")
    assert extended.errors[-1] == "^oops"
    assert extended.secrets[-1] == "^y"
    assert extended.names == ios.names
