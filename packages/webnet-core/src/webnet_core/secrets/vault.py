"""Secrets in a HashiCorp Vault: KV engine, version 2, by hvac.

https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and .../auth/approle say what is spoken.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from webnet_core.conf import VaultSettings, settings
from webnet_core.exceptions import SecretUnavailable
from webnet_core.plugins.items import SecretRequest

if TYPE_CHECKING:
    import hvac

# A token is renewed by signing in anew a little before its lease ends.
_EARLY_SECONDS = 30
_lock = threading.Lock()
_tokens: dict[VaultSettings, tuple[str, float]] = {}


def read_vault(request: SecretRequest) -> Mapping[str, str]:
    """Read the newest version of ``<MOUNT>/<PREFIX>/<customer>/<reference>``; its keys are the names of the secrets."""
    config = settings.CORE.SECRET_BACKENDS.VAULT
    if config is None:
        raise SecretUnavailable('WEBNET["CORE"]["SECRET_BACKENDS"]["VAULT"] is not set.')
    path = f"{config.PREFIX.strip('/')}/{request.customer_id}/{request.reference}"
    try:
        import hvac  # noqa: PLC0415, F401 - the extra `vault` may be absent
    except ImportError:
        raise SecretUnavailable("hvac is not installed: pip install 'webnet-core[vault]'.") from None
    data = _read(config, path, request.seconds)
    return {name: data[name] for name in request.names if name in data}


def _read(config: VaultSettings, path: str, seconds: float) -> Mapping[str, Any]:
    from hvac import exceptions  # noqa: PLC0415 - the extra `vault`
    from requests import RequestException  # noqa: PLC0415 - comes with hvac

    try:
        return _read_once(config, path, seconds)
    except exceptions.Forbidden:
        raise SecretUnavailable(
            f"the Vault's policy does not let webnet read {path}, or its token has ended."
        ) from None
    except exceptions.InvalidPath:
        raise SecretUnavailable(f"there is no {path} in {config.MOUNT}, or its newest version was deleted.") from None
    except exceptions.VaultError as error:
        raise SecretUnavailable(f"the Vault refused ({type(error).__name__}).") from None
    except RequestException as error:
        raise SecretUnavailable(f"the Vault at {config.ADDRESS} cannot be reached ({type(error).__name__}).") from None


def _read_once(config: VaultSettings, path: str, seconds: float) -> Mapping[str, Any]:
    from hvac import exceptions  # noqa: PLC0415 - the extra `vault`

    try:
        return _secret(_signed_in(config, seconds), config, path)
    except exceptions.Forbidden:
        if config.TOKEN is not None:
            raise
        with _lock:
            _tokens.pop(config, None)  # revoked before its time, perhaps: one new login, then the answer counts
        return _secret(_signed_in(config, seconds), config, path)


def _secret(client: hvac.Client, config: VaultSettings, path: str) -> Mapping[str, Any]:
    answer = client.secrets.kv.v2.read_secret_version(
        path=path, mount_point=config.MOUNT, raise_on_deleted_version=True
    )
    data: Mapping[str, Any] = answer["data"]["data"]
    return data


def _signed_in(config: VaultSettings, seconds: float) -> hvac.Client:
    import hvac  # noqa: PLC0415 - the extra `vault`

    client = hvac.Client(url=config.ADDRESS, namespace=config.NAMESPACE, timeout=seconds, verify=config.CA_FILE or True)
    # hvac takes VAULT_TOKEN and ~/.vault-token where none is given; webnet uses what its settings say.
    client.token = config.TOKEN.get_secret_value() if config.TOKEN is not None else _token(client, config)
    return client


def _token(client: hvac.Client, config: VaultSettings) -> str:
    if not config.ROLE_ID or config.SECRET_ID is None:
        raise SecretUnavailable(
            'WEBNET["CORE"]["SECRET_BACKENDS"]["VAULT"] has neither TOKEN nor ROLE_ID and SECRET_ID.'
        )
    with _lock:
        known = _tokens.get(config)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        client.token = None
        answer = client.auth.approle.login(
            role_id=config.ROLE_ID,
            secret_id=config.SECRET_ID.get_secret_value(),
            use_token=False,
            mount_point=config.APPROLE_MOUNT,
        )
        token: str = answer["auth"]["client_token"]
        lease = float(answer["auth"].get("lease_duration") or 0)
        if lease > _EARLY_SECONDS:
            _tokens[config] = (token, time.monotonic() + lease - _EARLY_SECONDS)
        return token
