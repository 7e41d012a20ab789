"""The `WEBNET` setting, typed: one nested dictionary, a section a package, unknown keys refused.

    from webnet_core.conf import settings

    settings.CORE.SHARD_SIZE

Reading always sees what `django.conf.settings.WEBNET` says now, also under `override_settings`.
"""

from __future__ import annotations

import difflib
import ipaddress
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from webnet_core.exceptions import ConfigurationError, SettingProblem

SETTING = "WEBNET"
M = TypeVar("M", bound=BaseModel)
Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Rate = Annotated[int, Field(ge=0)]


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text))


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VaultSettings(_Section):
    """Where a HashiCorp Vault is and how webnet signs in to it: by `TOKEN`, or by `ROLE_ID` and `SECRET_ID`."""

    ADDRESS: str = Field(description="URL of the Vault.")
    TOKEN: SecretStr | None = Field(None, description="A token that may read below PREFIX.")
    ROLE_ID: str = Field("", description="Role of the AppRole login.")
    SECRET_ID: SecretStr | None = Field(None, description="Its secret id.")
    APPROLE_MOUNT: str = Field("approle", description="Where the AppRole method is mounted.")
    MOUNT: str = Field("secret", description="Where the KV engine, version 2, is mounted.")
    PREFIX: str = Field("webnet", description="Secrets of customer 7 stand below PREFIX/7/.")
    NAMESPACE: str | None = Field(None, description="Namespace, where the Vault has some.")
    CA_FILE: str | None = Field(None, description="Certificates to trust instead of the system's.")


class SecretBackendSettings(_Section):
    """Key SECRET_BACKENDS: what the places need where secrets are kept besides the database."""

    SECONDS: Seconds = Field(10, description="A backend that does not answer within this time is given up.")
    FILE_ROOT: str | None = Field(None, description="Folder with one folder a customer; without it no files are read.")
    VAULT: VaultSettings | None = Field(None, description="The Vault; without it none is asked.")


class RateSettings(_Section):
    """Key RATES: how often a minute one user may ask the API for what costs much; 0 for as often as they like."""

    RUNS: Rate = Field(120, description="Plans, runs and retries.")
    IMPORTS: Rate = Field(20, description="Files to import, and acts on many devices.")
    EXPORTS: Rate = Field(30, description="Exports.")
    DESCRIPTIONS: Rate = Field(30, description="The OpenAPI description.")


class CoreSettings(_Section):
    """Section CORE."""

    ENCRYPTION_KEYS: tuple[SecretStr, ...] = Field((), description="Fernet keys; the first encrypts, all decrypt.")
    DISPATCHER: str = Field("embedded", description='Who wakes workers: "embedded", "celery" or a dotted path.')
    SHARD_SIZE: Count = Field(200, description="Devices a worker takes at a time.")
    HOST_DEADLINE_SECONDS: Seconds | None = Field(None, description="Cap on every task's deadline per host.")
    WORKER_QUEUES: tuple[str, ...] = Field(("default",), description="Queues the embedded worker serves.")
    HEARTBEAT_SECONDS: Seconds = Field(2, description="How often a worker says it is alive.")
    SILENT_AFTER_SECONDS: Seconds = Field(60, description="After this silence a worker counts as dead.")
    START_BEFORE_SECONDS: Seconds = Field(3600, description="Work nobody takes within this time is interrupted.")
    RING_AFTER_SECONDS: Seconds = Field(15, description="Work waiting longer is announced again.")
    TICK_SECONDS: Seconds = Field(5, description="Interval of the tick.")
    FLUSH_SECONDS: Seconds = Field(0.15, description="Results are written at least this often.")
    FLUSH_ITEMS: Count = Field(100, description="Results are written when this many wait.")
    PLAN_TOKEN_SECONDS: Seconds = Field(900, description="How long a plan may be submitted.")
    HOST_KEYS: Literal["strict", "tofu"] = Field("strict", description="Trust only pinned keys, or the first one seen.")
    DEVICE_NETWORKS: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        (), description="Networks where devices are allowed though loopback, link-local or multicast."
    )
    WEBHOOK_NETWORKS: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        (), description="Networks where webhooks may go though loopback, link-local, private or otherwise not public."
    )
    WEBHOOK_HTTP: bool = Field(default=False, description="Whether webhooks may go over plain HTTP.")
    WEBHOOK_CA_FILE: str | None = Field(None, description="Certificates that webhooks trust instead of the system's.")
    WEBHOOK_SECONDS: Seconds = Field(5, description="How long one try of a delivery may take in all.")
    WEBHOOK_FAILURES: Count = Field(20, description="Failures in a row after which a webhook is switched off.")
    WEBHOOK_ROTATION_SECONDS: Seconds = Field(86400, description="How long a webhook's old secret signs as well.")
    DELIVERY_TRIES: Count = Field(8, description="Tries, further and further apart, before a delivery is given up.")
    DELIVERY_DAYS: Count = Field(30, description="How long deliveries are kept after they were made.")
    OUTPUT_LIMIT_BYTES: Count = Field(50 * 1024 * 1024, description="Largest output kept of one device.")
    IMPORT_LIMIT_BYTES: Count = Field(5 * 1024 * 1024, description="Largest file that an import of devices takes.")
    IMPORT_LIMIT_ROWS: Count = Field(10_000, description="Most devices that one import takes.")
    PLUGIN_FAILURES: Literal["stop", "quarantine"] = Field("stop", description="What a broken plugin does to start-up.")
    PLUGINS_DISABLED: tuple[str, ...] = Field((), description="Plugins to leave out.")
    PLUGINS_ENABLED: tuple[str, ...] | None = Field(None, description="The only plugins to load besides webnet's own.")
    REPLACE: dict[str, dict[str, str]] = Field(
        default_factory=dict, description='Which plugin wins a contested key: {"rules": {"cis.telnet": "acme"}}.'
    )
    SECRET_BACKENDS: SecretBackendSettings = Field(
        default_factory=SecretBackendSettings, description="Where secrets may be kept besides the database."
    )
    ACCESS_TOKEN_SECONDS: Seconds = Field(900, description="Life of an access token.")
    REFRESH_TOKEN_SECONDS: Seconds = Field(86400, description="Life of a refresh token.")
    STEP_UP_SECONDS: Seconds = Field(300, description="How long a password entered again allows to re-point devices.")
    LOGIN_WINDOW_SECONDS: Seconds = Field(
        60, description="Time in which a username has 5 attempts to sign in and an address 20."
    )
    TRUSTED_PROXIES: Annotated[int, Field(ge=0, le=10)] = Field(
        0, description="Proxies before the site whose X-Forwarded-For is believed; with none the header says nothing."
    )
    ALLOW_REGISTRATION: bool = Field(
        default=False, description="Whether people make accounts for themselves; such an account sees nothing."
    )
    API_KEY_DAYS: Count = Field(90, description="Life of an API key whose end is not named.")
    API_KEY_MAX_DAYS: Count = Field(366, description="Longest life of an API key.")
    JWT_KEY: SecretStr | None = Field(None, description="Signs tokens; derived from ENCRYPTION_KEYS where left out.")
    RATES: RateSettings = Field(default_factory=RateSettings, description="Requests a minute and user.")
    EXPORT_ROWS: Count = Field(50_000, description="Rows of an export of results at most.")
    CACHE: str = Field("default", description="Alias of the cache that counts failed logins; all processes share it.")
    METRICS_TOKEN: SecretStr | None = Field(None, description="Bearer token that reads /metrics and health's details.")
    METRICS_NETWORKS: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        (), description="Networks that read them without a token; behind a proxy, set TRUSTED_PROXIES as well."
    )
    SEVERAL_PROCESSES: bool | None = Field(
        None,
        description="Whether several processes serve or work; None: with PostgreSQL or without the embedded worker.",
    )
    SECOND_FACTOR: str | None = Field(None, description="Dotted path of what a login asks for besides a password.")


class LiveSettings(_Section):
    """Section LIVE."""

    LAYER: str = Field("default", description="Alias of the channel layer to use.")
    WS_PATH: str = Field("ws/", description="Where sockets live, below the site's root.")


_OWN: Mapping[str, type[BaseModel]] = {"CORE": CoreSettings, "LIVE": LiveSettings}


class WebnetSettings:
    """Typed view of `WEBNET`; each section is an attribute, parsed when first read after a change."""

    CORE: CoreSettings
    LIVE: LiveSettings

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: dict[str, type[BaseModel]] = dict(_OWN)
        self._parsed: dict[str, BaseModel] = {}

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_") or key not in self._models:
            raise AttributeError(
                f"{SETTING} has no section {key}; the package that declares it is not installed or not yet loaded."
            )
        return self._parse(key)

    def section(self, key: str, model: type[M]) -> M:
        """Return section `key` as the `model` that its package declared."""
        found = getattr(self, key)
        if not isinstance(found, model):
            raise TypeError(f"Section {key} is a {type(found).__name__}, not a {model.__name__}.")
        return found

    def models(self) -> Mapping[str, type[BaseModel]]:
        """The declared sections, core's own first."""
        return dict(self._models)

    def declare(self, models: Mapping[str, type[BaseModel]]) -> None:
        """Make `models` the sections besides core's own; the loader of plugins calls this."""
        taken = sorted(set(models) & set(_OWN))
        if taken:
            raise ConfigurationError(f"Section {taken[0]} belongs to webnet-core; a plugin's section has its own name.")
        with self._lock:
            self._models = {**_OWN, **models}
            self._parsed = {}

    def forget(self) -> None:
        """Parse anew when next read."""
        with self._lock:
            self._parsed = {}

    def _parse(self, key: str) -> BaseModel:
        parsed = self._parsed
        if key not in parsed:
            parsed[key] = _validated(key, self._models[key], _raw().get(key, {}))
        return parsed[key]


def _raw() -> Mapping[str, Any]:
    raw = getattr(django_settings, SETTING, {})
    if not isinstance(raw, Mapping):
        raise ConfigurationError(f"{SETTING} is a dictionary of sections, not a {type(raw).__name__}.")
    return raw


def _validated(key: str, model: type[BaseModel], given: Any) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise ConfigurationError(problems=list(_problems(key, model, error))) from None


def _problems(key: str, model: type[BaseModel], error: ValidationError) -> Iterator[SettingProblem]:
    # include_input stays off: what was given may be a secret.
    for detail in error.errors(include_input=False, include_url=False):
        path = ".".join([key, *map(str, detail["loc"])])
        if detail["type"] == "extra_forbidden":
            *outer, name = detail["loc"]
            yield SettingProblem(path=path, message="unknown key.", hint=closest(str(name), _names(model, outer)))
        else:
            yield SettingProblem(path=path, message=f"{detail['msg']}.")


def _names(model: type[BaseModel], path: Iterable[int | str]) -> set[str]:
    """Return the names of the keys at `path` inside a section; a list's or dictionary's own keys lead nowhere else."""
    here = {model}
    for part in path:
        inside = {
            found for one in here if part in one.model_fields for found in _nested(one.model_fields[part].annotation)
        }
        here = inside or here
    return {name for one in here for name in one.model_fields}


def _nested(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _nested(inner)


def closest(name: str, known: Iterable[str]) -> str:
    """``Did you mean X?`` for a misspelt `name`, or nothing."""
    by_folded = {candidate.upper(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.upper(), by_folded, n=1, cutoff=0.6)
    return f"Did you mean {by_folded[matches[0]]}?" if matches else ""


def find_problems() -> list[SettingProblem]:
    """Everything wrong with `WEBNET`: unknown sections, unknown keys, wrong values."""
    try:
        raw = _raw()
    except ConfigurationError as error:
        return [SettingProblem(path="", message=error.message)]
    models = settings.models()
    problems = [
        SettingProblem(path=str(key), message="unknown section.", hint=closest(str(key), models))
        for key in raw
        if key not in models
    ]
    for key, model in models.items():
        try:
            _validated(key, model, raw.get(key, {}))
        except ConfigurationError as error:
            problems += error.problems
    return problems


def require_valid() -> None:
    """Refuse to start with a wrong `WEBNET`.

    Raises:
        ConfigurationError: With every problem in its message.
    """
    problems = find_problems()
    if problems:
        raise ConfigurationError(problems=problems)


def _on_change(*, setting: str, **_: Any) -> None:
    if setting == SETTING:
        settings.forget()


settings = WebnetSettings()
declare = settings.declare
setting_changed.connect(_on_change, dispatch_uid="webnet_core.conf")
