"""Secrets kept elsewhere: each backend gives a customer its own and nothing else, in time, and errors quote nothing."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from webnet_core.exceptions import InvalidInput, SecretUnavailable
from webnet_core.plugin import SecretBackend, hookimpl
from webnet_core.secrets import vault as vault_module
from webnet_core.secrets.backends import backend_of, check_reference, fetch
from webnet_core.testing.vault import ROLE_ID, Vault, vault

NAMES = ("password", "enable_password", "ssh_private_key")
CANARY = "canary-41c8"


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    """Set SECRET_BACKENDS."""

    def change(**given: Any) -> None:
        core = {**django_settings.WEBNET["CORE"], "SECRET_BACKENDS": given}
        settings.WEBNET = {**django_settings.WEBNET, "CORE": core}

    return change


@pytest.fixture
def server() -> Iterator[Vault]:
    with vault() as served:
        yield served


class TestEnvironment:
    """Variables that hold the customer's id."""

    def test_the_variables_of_the_customer_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WEBNET_SECRET_7_CORE", "word ")
        monkeypatch.setenv("WEBNET_SECRET_7_CORE_ENABLE_PASSWORD", "enable")
        assert fetch("env", 7, "CORE", NAMES) == {"password": "word ", "enable_password": "enable"}

    @pytest.mark.parametrize("reference", ["CORE", "SECRET_KEY", "1_CORE", "CORE\n", "", "core", "../CORE", "Ä"])
    def test_what_is_another_customers_or_the_sites_own_is_out_of_reach(
        self, monkeypatch: pytest.MonkeyPatch, reference: str
    ) -> None:
        for name in ("WEBNET_SECRET_71_CORE", "WEBNET_SECRET_8_CORE", "SECRET_KEY", "CORE"):
            monkeypatch.setenv(name, CANARY)
        with pytest.raises(SecretUnavailable) as caught:
            fetch("env", 7, reference, NAMES)
        assert CANARY not in str(caught.value)
        assert "'env'" in caught.value.message


class TestFiles:
    """Files below the customer's folder."""

    @pytest.fixture
    def root(self, tmp_path: Path, configure: Callable[..., None]) -> Path:
        (tmp_path / "root" / "7" / "routers").mkdir(parents=True)
        (tmp_path / "root" / "8").mkdir()
        (tmp_path / "root" / "8" / "theirs").write_text(CANARY)
        (tmp_path / "outside").write_text(CANARY)
        configure(FILE_ROOT=str(tmp_path / "root"))
        return tmp_path / "root"

    def test_a_file_is_the_password_and_a_folder_has_one_for_each_secret(self, root: Path) -> None:
        (root / "7" / "lab").write_text("word \n")
        for name, text in (("password", "p\n"), ("ssh_private_key", "-----BEGIN\nk\n-----END\n")):
            (root / "7" / "routers" / name).write_text(text)
        assert fetch("file", 7, "lab", NAMES) == {"password": "word "}
        assert fetch("file", 7, "routers", NAMES) == {"password": "p", "ssh_private_key": "-----BEGIN\nk\n-----END"}

    def test_links_inside_the_customers_folder_are_followed(self, root: Path) -> None:
        # As Kubernetes lays secrets out: password -> ..data/password, ..data -> ..2026_01_01
        folder = root / "7" / "mounted"
        (folder / "..2026_01_01").mkdir(parents=True)
        (folder / "..2026_01_01" / "password").write_text("mounted")
        (folder / "..data").symlink_to("..2026_01_01")
        (folder / "password").symlink_to("..data/password")
        assert fetch("file", 7, "mounted", NAMES) == {"password": "mounted"}

    @pytest.mark.parametrize(
        "reference",
        ["../8/theirs", "../../outside", "/etc/passwd", "routers/../../8/theirs", "..", ".", "a//b", "a\x00b"],
    )
    def test_no_reference_leads_out_of_the_customers_folder(self, root: Path, reference: str) -> None:
        with pytest.raises(SecretUnavailable) as caught:
            fetch("file", 7, reference, NAMES)
        assert CANARY not in str(caught.value)
        with pytest.raises(InvalidInput):
            check_reference(backend_of("file"), reference)

    def test_links_that_lead_out_are_refused_wherever_they_stand(self, root: Path) -> None:
        (root / "7" / "link").symlink_to(root / "8" / "theirs")
        (root / "7" / "folder").symlink_to(root / "8")
        (root / "7" / "routers" / "password").symlink_to(root.parent / "outside")
        for reference in ("link", "folder/theirs", "routers"):
            with pytest.raises(SecretUnavailable, match="leads out") as caught:
                fetch("file", 7, reference, NAMES)
            assert CANARY not in str(caught.value)

    def test_what_is_no_ordinary_small_text_file_is_refused_and_holds_nobody(self, root: Path) -> None:
        os.mkfifo(root / "7" / "pipe")
        (root / "7" / "bytes").write_bytes(b"\xff\xfe\x00" + CANARY.encode())
        (root / "7" / "large").write_text("x" * 70_000)
        for reference in ("pipe", "bytes", "large", "missing"):
            with pytest.raises(SecretUnavailable) as caught:
                fetch("file", 7, reference, NAMES)
            assert "answer within" not in caught.value.message
            assert CANARY not in repr(caught.value)

    def test_without_a_root_nothing_is_read(self, configure: Callable[..., None]) -> None:
        configure()
        with pytest.raises(SecretUnavailable, match="FILE_ROOT"):
            fetch("file", 7, "lab", NAMES)


class TestVault:
    """The real hvac on a small server that answers as Vault's HTTP API is documented."""

    def test_a_secret_is_read_by_an_approle(self, server: Vault, configure: Callable[..., None]) -> None:
        configure(**server.settings())
        server.secrets["webnet/7/routers/core"] = {"password": "from the vault", "owner": "netops", "port": 22}
        assert fetch("vault", 7, "routers/core", NAMES) == {"password": "from the vault"}
        assert fetch("vault", 7, "routers/core", NAMES) == {"password": "from the vault"}
        assert [one.partition("?")[0] for one in server.requests] == [
            "POST /v1/auth/approle/login",
            "GET /v1/secret/data/webnet/7/routers/core",
            "GET /v1/secret/data/webnet/7/routers/core",
        ]

    def test_a_secret_is_read_by_a_token_and_no_token_of_the_environment_is_taken(
        self, server: Vault, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VAULT_TOKEN", "of somebody else")
        server.secrets["webnet/7/core"] = {"password": "p", "enable_password": "e"}
        configure(VAULT={"ADDRESS": server.address, "TOKEN": server.make_token()})
        assert fetch("vault", 7, "core", NAMES) == {"password": "p", "enable_password": "e"}
        configure(**server.settings())
        assert fetch("vault", 7, "core", NAMES)["password"] == "p"

    def test_a_token_that_was_revoked_is_replaced_once(self, server: Vault, configure: Callable[..., None]) -> None:
        configure(**server.settings())
        server.secrets["webnet/7/core"] = {"password": "p"}
        fetch("vault", 7, "core", NAMES)
        server.tokens.clear()
        assert fetch("vault", 7, "core", NAMES) == {"password": "p"}
        assert sum(one.startswith("POST") for one in server.requests) == 2

    @pytest.mark.parametrize("reference", ["../8/core", "..", "a/../../8/core", "%2e%2e/8/core", "/sys/seal", "a?x=1"])
    def test_no_reference_leads_to_another_customers_path(
        self, server: Vault, configure: Callable[..., None], reference: str
    ) -> None:
        configure(**server.settings())
        server.secrets["webnet/8/core"] = {"password": CANARY}
        with pytest.raises(SecretUnavailable, match="malformed"):
            fetch("vault", 7, reference, NAMES)
        assert server.requests == []

    @pytest.mark.parametrize(
        ("trouble", "said"),
        [
            ("missing", "there is no webnet/7/core"),
            ("deleted", "newest version was deleted"),
            ("policy", "policy"),
            ("sealed", "VaultDown"),
            ("secret_id", "InvalidRequest"),
            ("away", "cannot be reached"),
            ("number", "is no text"),
            ("empty", "none of password"),
        ],
    )
    def test_each_trouble_is_one_sentence_that_quotes_no_secret(
        self, server: Vault, configure: Callable[..., None], trouble: str, said: str
    ) -> None:
        server.secrets["webnet/7/core"] = {"password": CANARY}
        changed: dict[str, Any] = {}
        if trouble == "missing":
            server.secrets.clear()
        elif trouble == "deleted":
            server.secrets["webnet/7/core"] = None
        elif trouble == "policy":
            server.may_read = "elsewhere/"
        elif trouble == "sealed":
            server.sealed = True
        elif trouble == "secret_id":
            changed["SECRET_ID"] = f"wrong {CANARY}"
        elif trouble == "away":
            changed["ADDRESS"] = "http://127.0.0.1:9"
        elif trouble == "number":
            server.secrets["webnet/7/core"] = {"password": 12345}
        else:
            server.secrets["webnet/7/core"] = {"user": CANARY}
        configure(**server.settings(**changed))
        with pytest.raises(SecretUnavailable, match=said) as caught:
            fetch("vault", 7, "core", NAMES)
        text = repr(caught.value) + str(caught.value)
        assert CANARY not in text
        assert server.secret_id not in text
        assert caught.value.message.startswith("The secret 'core' could not be fetched from the backend 'vault': ")

    def test_a_vault_that_never_answers_holds_nobody_for_long(
        self, server: Vault, configure: Callable[..., None]
    ) -> None:
        server.hang = threading.Event()
        configure(**server.settings(), SECONDS=0.2)
        with pytest.raises(SecretUnavailable):
            fetch("vault", 7, "core", NAMES)

    def test_without_hvac_it_says_what_to_install(
        self, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "hvac", None)
        configure(VAULT={"ADDRESS": "http://127.0.0.1:9", "ROLE_ID": ROLE_ID, "SECRET_ID": "s"})
        with pytest.raises(SecretUnavailable, match=r"pip install 'webnet-core\[vault\]'"):
            fetch("vault", 7, "core", NAMES)

    def test_without_its_settings_it_names_what_is_missing(self, configure: Callable[..., None]) -> None:
        configure()
        with pytest.raises(SecretUnavailable, match="VAULT"):
            fetch("vault", 7, "core", NAMES)
        configure(VAULT={"ADDRESS": "http://127.0.0.1:9"})
        with pytest.raises(SecretUnavailable, match="neither TOKEN nor ROLE_ID"):
            fetch("vault", 7, "core", NAMES)

    @pytest.fixture(autouse=True)
    def _signed_out(self) -> None:
        vault_module._tokens.clear()


class TestPlugins:
    """Backends of others."""

    class Safe:
        """Answers what it was told to."""

        def __init__(self, answer: Any) -> None:
            self.answer = answer
            self.asked: list[Any] = []

        def fetch(self, request: Any) -> Any:
            self.asked.append(request)
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer() if callable(self.answer) else self.answer

        @hookimpl
        def webnet_register_secret_backends(self) -> list[SecretBackend]:
            return [SecretBackend(key="acme.safe", label="Safe", fetch=self.fetch, pattern="[a-z]+", hint="Like abc.")]

    def test_a_backend_of_a_plugin_is_asked_with_plain_values(self, webnet_plugins: Any) -> None:
        safe = self.Safe({"password": "p", "more": "x", "enable_password": ""})
        webnet_plugins.load(acme=safe)
        assert fetch("acme.safe", 7, "abc", NAMES) == {"password": "p"}
        request = safe.asked[0]
        assert (request.customer_id, request.reference, request.names) == (7, "abc", NAMES)

    @pytest.mark.parametrize(
        "answer", [ValueError(CANARY), [CANARY], None, {"password": b"x"}, {"password": "x\x00"}, {"other": CANARY}, {}]
    )
    def test_whatever_it_does_wrong_is_told_without_what_it_said(self, webnet_plugins: Any, answer: Any) -> None:
        webnet_plugins.load(acme=self.Safe(answer))
        with pytest.raises(
            SecretUnavailable, match=r"'abc' could not be fetched from the backend 'acme\.safe'"
        ) as caught:
            fetch("acme.safe", 7, "abc", NAMES)
        assert CANARY not in repr(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None

    def test_one_that_hangs_is_given_up(self, webnet_plugins: Any, configure: Callable[..., None]) -> None:
        end = threading.Event()
        webnet_plugins.load(acme=self.Safe(lambda: end.wait(60)))
        configure(SECONDS=0.05)
        began = time.monotonic()
        with pytest.raises(SecretUnavailable, match=r"did not answer within 0\.05 s"):
            fetch("acme.safe", 7, "abc", NAMES)
        assert time.monotonic() - began < 60
        end.set()

    def test_one_that_is_gone_is_named(self) -> None:
        for key in ("acme.safe", "database"):
            with pytest.raises(SecretUnavailable, match="no installed plugin"):
                fetch(key, 7, "abc", NAMES)
