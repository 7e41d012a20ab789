"""The client of webhooks: where it goes, where it does not, and what it tells of the answer."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from webnet_core.events import http, networks
from webnet_core.events.types import DeliveryFailed
from webnet_core.testing.receivers import ANSWER, receiver


@pytest.fixture
def core(settings):
    def change(**keys):
        settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], **keys}}

    return change


def send(url, *, seconds=5.0, resolver=None, headers=None):
    return http.post(url, b"{}", {"X-Webnet-Event": "a.b", **(headers or {})}, seconds=seconds, resolver=resolver)


def always(*addresses):
    """A resolver that knows one answer."""
    return lambda _host, _port: addresses


def why(url, **kwargs) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        send(url, **kwargs)
    return caught.value


INSIDE = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "100::1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_goes_to_what_is_not_public(core, address):
    core(WEBHOOK_NETWORKS=[])
    assert "WEBHOOK_NETWORKS" in networks.refusal(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_allowed(core, address):
    core(WEBHOOK_NETWORKS=[])
    assert networks.refusal(ipaddress.ip_address(address)) == ""


def test_a_network_that_is_allowed_is_allowed_and_no_more(core):
    core(WEBHOOK_NETWORKS=["10.0.0.0/8", "fd00::/16"])
    assert (
        networks.refusal(ipaddress.ip_address("10.1.2.3"))
        == networks.refusal(ipaddress.ip_address("::ffff:10.1.2.3"))
        == ""
    )
    assert networks.refusal(ipaddress.ip_address("fd00::9")) == ""
    assert networks.refusal(ipaddress.ip_address("127.0.0.1"))
    assert networks.refusal(ipaddress.ip_address("169.254.169.254"))


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("ftp://hooks.example/", "begins with"),
        ("file:///etc/passwd", "begins with"),
        ("gopher://hooks.example/", "begins with"),
        ("https://name:word@hooks.example/", "password"),
        ("https://hooks.example/#x", "#"),
        ("https://hooks.example\\@127.0.0.1/", "visible"),
        ("https://hooks.example/\r\nHost: other", "visible"),
        ("https://hooks.example/ x", "visible"),
        ("https://h\u00f6oks.example/", "visible"),
        ("https:///path", "no host"),
        ("https://hooks.example:0/", "no host"),
        ("https://hooks.example:99999/", "no URL"),
        ("https://[fe80::1%25eth0]/", "no host"),
        ("https://" + "a" * 1000, "at most"),
    ],
)
def test_what_is_no_url_to_deliver_to_is_refused_with_a_reason(url, word):
    with pytest.raises(ValueError, match=word):
        http.parse(url)


def test_plain_http_is_allowed_by_a_setting_alone(core):
    core(WEBHOOK_HTTP=False)
    with pytest.raises(ValueError, match="begins with https://"):
        http.parse("http://hooks.example/")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost"])
def test_other_spellings_of_loopback_are_found_out_by_resolving_them(core, host):
    core(WEBHOOK_NETWORKS=[])
    failed = why(f"http://{host}:9/")
    assert failed.final
    assert "WEBHOOK_NETWORKS" in failed.message or "resolved" in failed.message
    if host == "localhost":
        with pytest.raises(ValueError, match="WEBHOOK_NETWORKS"):
            http.check(f"http://{host}/")


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_very_address(core):
    core(WEBHOOK_NETWORKS=["127.0.0.1/32"])
    asked = []

    def rebinding(host, port):
        """First an address that is allowed, then another: whoever asks twice is led astray."""
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with receiver() as wanted:
        assert send(wanted.url(host="hooks.example"), resolver=rebinding) == 200
    assert asked == ["hooks.example"]
    assert wanted.got[0].headers["host"] == f"hooks.example:{wanted.port}"


def test_one_denied_address_among_several_is_enough_to_refuse(core):
    core(WEBHOOK_NETWORKS=["127.0.0.1/32"])
    with receiver() as wanted:
        failed = why(wanted.url(host="hooks.example"), resolver=always("127.0.0.1", "169.254.169.254"))
    assert failed.final
    assert wanted.got == []


def test_a_name_that_rebinds_to_loopback_is_refused_before_anything_is_sent(core):
    core(WEBHOOK_NETWORKS=[])
    with receiver() as inner:
        failed = why(inner.url(host="hooks.example"), resolver=always("127.0.0.1"))
    assert (failed.final, inner.got) == (True, [])


def test_redirects_are_refused_and_not_followed():
    with receiver() as inner, receiver(status=302) as outer:
        outer.location = inner.url("/latest/meta-data/")
        failed = why(outer.url())
    assert (failed.status, failed.final, inner.got) == (302, True, [])
    assert "redirects are refused" in failed.message


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_of_the_answer_only_its_status_is_told(status):
    with receiver(status=status) as outer:
        failed = why(outer.url())
    assert (failed.status, failed.final) == (status, False)
    assert str(status) in failed.message
    assert ANSWER not in failed.message


def test_a_receiver_that_hangs_or_drips_is_left_when_the_time_is_over():
    for behaviour in ({"hang": threading.Event()}, {"drip": True}):
        began = time.monotonic()
        with receiver(**behaviour) as outer:
            failed = why(outer.url(), seconds=0.3)
        assert "in time" in failed.message, behaviour
        assert not failed.final
        assert time.monotonic() - began < 200  # it hangs for longer


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 70_000 + b"\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "failed"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "101"),
    ],
)
def test_an_answer_that_is_none_is_a_failed_try(raw, word):
    with receiver(raw=raw) as outer:
        failed = why(outer.url())
    assert word in failed.message
    assert not failed.final


def test_an_answer_without_end_is_read_as_far_as_the_limit():
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with receiver(raw=head + chunk * 20) as outer:
        assert send(outer.url()) == 200


def test_a_resolver_that_hangs_is_left_when_the_time_is_over():
    release = threading.Event()
    failed = why("http://hooks.example/", seconds=0.1, resolver=lambda _host, _port: [str(release.wait(20))])
    release.set()
    assert "in time" in failed.message


def test_a_name_that_is_not_there_and_a_port_where_nobody_listens_are_told():
    def nobody(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    assert "could not be resolved" in why("http://hooks.example/", resolver=nobody).message
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        assert "refused the connection" in why(f"http://127.0.0.1:{silent.getsockname()[1]}/").message


def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    with receiver() as proxy, receiver() as outer:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        send(outer.url())
    assert (len(outer.got), proxy.got) == (1, [])


def test_a_header_cannot_be_broken():
    with receiver() as outer:
        failed = why(outer.url(), headers={"X-Webnet-Event": "a\r\nX-Other: b"})
    assert (failed.final, outer.got) == (True, [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for hooks.example that signs itself, as a file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "hooks.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_tls_is_checked_against_the_name_though_an_address_is_dialled(core, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    here = always("127.0.0.1")
    with receiver(context=context) as outer:
        untrusted = why(outer.url(host="hooks.example", scheme="https"), resolver=here)
        core(WEBHOOK_CA_FILE=str(certificate))
        other = why(outer.url(host="other.example", scheme="https"), resolver=here)
        assert outer.got == []
        assert send(outer.url(host="hooks.example", scheme="https"), resolver=here) == 200
    assert "certificate" in untrusted.message
    assert "certificate" in other.message
