"""The typed objects that plugins register and exchange. Imports no Django: rules and platforms load without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"


class HostStatus(StrEnum):
    """State of one host in one job. `unknown`: nobody can tell whether a change landed."""

    PENDING = "pending"
    RUNNING = "running"
    OK = "ok"
    CHANGED = "changed"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def terminal(self) -> bool:
        """Whether the state can never change again."""
        return self not in (HostStatus.PENDING, HostStatus.RUNNING)


class JobStatus(StrEnum):
    """State of a job, derived from its hosts when it closes."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def terminal(self) -> bool:
        """Whether the state can never change again."""
        return self not in (JobStatus.SCHEDULED, JobStatus.QUEUED, JobStatus.RUNNING)


class ErrorCategory(StrEnum):
    """What kind of failure a host met; every driver's own exceptions map to one of these."""

    AUTHENTICATION = "authentication"
    HOST_KEY = "host_key"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    CLI_ERROR = "cli_error"
    PROTOCOL = "protocol"
    NO_CREDENTIAL = "no_credential"
    CREDENTIAL_UNREADABLE = "credential_unreadable"
    DRIVER_MISSING = "driver_missing"
    NOT_SUPPORTED = "not_supported"
    INCOMPLETE = "incomplete"
    BUSY = "busy"
    LEASE_LOST = "lease_lost"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    STORAGE = "storage"
    TASK_ERROR = "task_error"


class Phase(StrEnum):
    """How far a change got on one device; stored before the device sees the next byte."""

    NONE = ""
    LEASED = "leased"
    SAVED = "saved"
    SENDING = "sending"
    APPLIED = "applied"
    RECONNECTED = "reconnected"
    CHECKED = "checked"
    CONFIRMED = "confirmed"


class Trait(StrEnum):
    """What a platform can do that changes how webnet works with it."""

    CANDIDATE = "candidate"
    COMMIT_CONFIRM = "commit_confirm"
    REPLACE = "replace"
    SESSIONS = "sessions"
    ORDERED_ACL = "ordered_acl"
    ENABLE = "enable"
    SAVE_SEPARATE = "save_separate"


class Section(StrEnum):
    """Where in the navigation an entry stands."""

    HOME = "home"
    INVENTORY = "inventory"
    AUTOMATE = "automate"
    CONFIG = "config"
    COMPLIANCE = "compliance"
    PLATFORM = "platform"


Level: TypeAlias = Literal["debug", "info", "warning", "error"]
Risk: TypeAlias = Literal["read", "change", "disrupt"]
Scope: TypeAlias = Literal["host", "job"]
VIEW = "view"


class NoParams(BaseModel):
    """Parameters of a task that takes none; any field given is an error."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """One network operating system as data: names in each library, commands, patterns, capabilities.

    `names` maps a driver or library to its own name for this platform; `drivers` is the default order and each
    must be a key of `names`. `volatile`, `secrets` and `errors` are regular expressions matched per line; a secret's
    pattern has a group named ``secret``. `config_end` matches the last line of a complete configuration.
    """

    slug: str
    label: str
    vendor: str
    names: Mapping[str, str]
    drivers: Sequence[str]
    config_commands: Mapping[str, str] = field(default_factory=dict)
    facts_commands: Sequence[str] = ()
    volatile: Sequence[str] = ()
    secrets: Sequence[str] = ()
    errors: Sequence[str] = ()
    config_end: str | None = None
    prompt: str | None = None
    traits: frozenset[Trait] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformExtension:
    """Lines and names a site adds to a platform that another plugin ships."""

    slug: str
    volatile: Sequence[str] = ()
    secrets: Sequence[str] = ()
    errors: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try of one driver at one operation; `seconds` is its wall time."""

    driver: str
    operation: str
    seconds: float
    error: ErrorCategory | None = None
    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One host's result: what a task returns, what `collect` sees and what a row stores.

    `opened_by` is the id of the credential that opened the device, where there were several to choose from.
    """

    status: HostStatus
    changed: bool = False
    text: str = ""
    data: JSON = None
    diff: str = ""
    message: str = ""
    error: ErrorCategory | None = None
    driver: str = ""
    attempts: Sequence[Attempt] = ()
    opened_by: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """One finished host as `TaskSpec.collect` receives it, inside the writer's transaction."""

    device_id: int
    result_id: int
    outcome: Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectBatch:
    """Up to 100 finished hosts of one job; raise to fail them, `CollectBatch.replace` to amend an outcome."""

    job_id: int
    customer_id: int
    task: str
    params: Mapping[str, Any]
    items: Sequence[Collected]
    amended: dict[int, Outcome] = field(default_factory=dict)

    def replace(self, device_id: int, outcome: Outcome) -> None:
        """Store `outcome` for the device instead of the one its task returned."""
        self.amended[device_id] = outcome


P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSpec(Generic[P]):
    """A thing that runs. `run` is a plain Nornir task for scope ``host``; for scope ``job`` it is called by core as
    ``run(job, params, report)``. `needs` names the operations it performs; `deadline` is per host.
    """

    name: str
    title: str
    run: Callable[..., Any]
    description: str = ""
    category: str = "general"
    params: type[P] = NoParams  # type: ignore[assignment]
    scope: Scope = "host"
    risk: Risk = "read"
    needs: frozenset[str] = frozenset()
    collect: Callable[[CollectBatch], None] | None = None
    deadline: timedelta = timedelta(minutes=5)
    permission: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRow:
    """What a run would do with one device: which driver and why, or why it is left out."""

    device_id: int
    driver: str | None
    reason: str
    fallbacks: Sequence[str] = ()
    warnings: Sequence[str] = ()
    excluded: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Veto:
    """A guard's refusal; no `device_ids` means the whole job."""

    code: str
    message: str
    device_ids: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A live topic family. `pattern` is a regular expression with one group ``id``; `may_watch(user, id)` decides;
    `read_after(id, seq, limit)` returns (events, last sequence, finished) from the database.
    """

    key: str
    pattern: str
    may_watch: Callable[[Any, int], bool]
    read_after: Callable[[int, int, int], tuple[Sequence[Mapping[str, Any]], int, bool]]


@dataclass(frozen=True, kw_only=True, slots=True)
class TickStep:
    """Idempotent work of the tick; `run()` returns how many things it did. Steps run by (weight, key)."""

    key: str
    run: Callable[[], int]
    weight: int = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthResult:
    """What a health check found: whether it works, a sentence for people, and figures."""

    ok: bool
    message: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCheck:
    """Something that must work. `run()` says whether it does, within seconds; an exception is a no. Without one that
    is `needed` the site is not ready, and a load balancer sends nobody to it. Checks run by (weight, key). `meaning`
    says in a sentence what does not work without it, `fix` what to do then.
    """

    key: str
    label: str
    run: Callable[[], HealthResult]
    needed: bool = True
    weight: int = 500
    meaning: str = ""
    fix: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretRequest:
    """What a backend is asked for: the secrets that `reference` names among those of one customer.

    `names` says which of ``password``, ``enable_password`` and ``ssh_private_key`` are wanted; `seconds`, how long the
    answer is waited for.
    """

    customer_id: int
    reference: str
    names: Sequence[str]
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretBackend:
    """A place where secrets are kept.

    Args:
        key: Its name, as credentials store it.
        label: What people read.
        fetch: Returns the secrets by name; what is left out is empty. It is called with plain values, away from the
            database, and must keep to the names of the request's customer, whatever the reference says. It raises
            `SecretUnavailable` where it cannot. None: the secrets stand in the credential's own columns.
        pattern: What a reference must match as a whole.
        hint: What a reference looks like, for who gets it wrong.
    """

    key: str
    label: str
    fetch: Callable[[SecretRequest], Mapping[str, str]] | None
    pattern: str = r"[^\x00-\x1f\x7f]{1,400}"
    hint: str = ""


class SettingsSection(BaseModel):
    """Base of a plugin's section of `WEBNET`: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A plugin's own section of `WEBNET`, keyed by its name."""

    key: str
    model: type[BaseModel]


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Who looks: the user and the customers in scope (None: all). Never the request."""

    user: Any
    customer_ids: frozenset[int] | None
    locale: str = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class NavItem:
    """An entry of the navigation; `route` is a URL name."""

    key: str
    label: str
    route: str
    section: Section
    icon: str = "dot"
    weight: int = 500
    permission: str = VIEW
    badge: Callable[[Viewer], int | None] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tab:
    """A page under an object with a URL of its own; `on` is a model's label (``webnet_core.device``)."""

    key: str
    label: str
    on: str
    template: str = ""
    context: Callable[[Viewer, Any], Mapping[str, Any]] | None = None
    render: Callable[[Viewer, Any], SafeString] | None = None
    weight: int = 500
    permission: str = VIEW
    badge: Callable[[Viewer, Any], int | None] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A card on an object's page; `template` with `context`, or `render`."""

    key: str
    label: str
    on: str
    template: str = ""
    context: Callable[[Viewer, Any], Mapping[str, Any]] | None = None
    render: Callable[[Viewer, Any], SafeString] | None = None
    slot: Literal["main", "aside"] = "main"
    weight: int = 500
    permission: str = VIEW
    lazy: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Widget:
    """A card of the dashboard."""

    key: str
    label: str
    template: str = ""
    context: Callable[[Viewer], Mapping[str, Any]] | None = None
    render: Callable[[Viewer], SafeString] | None = None
    weight: int = 500
    permission: str = VIEW


UIItem: TypeAlias = NavItem | Tab | Panel | Widget


class HookKind(Enum):
    """The four kinds of hook; the kind fixes order and failure rule."""

    REGISTER = "register"
    DECIDE = "decide"
    GUARD = "guard"
    NOTIFY = "notify"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A job about to be submitted, as guards see it."""

    task: str
    risk: Risk
    customer_id: int
    device_ids: Sequence[int]
    params: Mapping[str, Any]
    options: Mapping[str, Any]
    source: str
    diff: str = ""


Items: TypeAlias = Iterable[Any]
