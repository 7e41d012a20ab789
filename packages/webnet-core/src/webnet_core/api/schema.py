"""The OpenAPI description of every view that derives from `WebnetAPIView`, whichever package it is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.conf import settings as django_settings
from django.urls import get_resolver
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.settings import patched_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from webnet_core import __version__
from webnet_core.api.fields import Answer
from webnet_core.plugins.items import ErrorCategory, HostStatus, JobStatus, Phase
from webnet_core.plugins.registry import registry

if TYPE_CHECKING:
    from webnet_core.api.views import WebnetAPIView

_describing: ContextVar[bool] = ContextVar("webnet_api_describing", default=False)
_one_at_a_time = RLock()
_kept: tuple[tuple[object, ...], dict[str, Any]] | None = None

CUSTOMER_HEADER = OpenApiParameter(
    name="X-Customer-ID",
    type=OpenApiTypes.INT64,
    location=OpenApiParameter.HEADER,
    description="The customer meant, for callers who see several.",
)

IDEMPOTENCY_HEADER = OpenApiParameter(
    name="Idempotency-Key",
    type={"type": "string", "minLength": 1, "maxLength": 200},
    location=OpenApiParameter.HEADER,
    description="The same key again gives the first answer again and does nothing twice; kept for 24 hours.",
)

SETTINGS: dict[str, Any] = {
    "TITLE": "webnet",
    "DESCRIPTION": "Network automation: inventory, jobs on devices and what they answered.",
    "VERSION": __version__,
    "OAS_VERSION": "3.0.3",
    "PREPROCESSING_HOOKS": ["webnet_core.api.schema.keep_webnet"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,
    # Operations are called the same wherever a host mounts the API.
    "SCHEMA_PATH_PREFIX": r"^.*/api/v1(?=/)",
    "APPEND_COMPONENTS": {},
    "SECURITY": [],
    "SERVERS": [],
    "TAGS": [],
    "PATH_CONVERTER_OVERRIDES": {"webnet_id": int, "webnet_user": str},
    "ENUM_NAME_OVERRIDES": {
        "JobStatus": [(item.value, item.value) for item in JobStatus],
        "HostStatus": [(item.value, item.value) for item in HostStatus],
        "ErrorCategory": [(item.value, item.value) for item in ErrorCategory],
        "Phase": [(item.value, item.value) for item in Phase],
        "Reachability": "webnet_core.inventory.models.Reachability",
        "DeliveryState": "webnet_core.events.models.DeliveryState",
        "Severity": ["info", "warning", "error"],
        "Role": "webnet_core.access.roles.Role",
        "ImportState": "webnet_core.inventory.importing.models.ImportState",
        "ImportRowState": ["new", "update", "unchanged", "skip", "error"],
        "DeviceFileFormat": ["csv", "xlsx", "yaml", "json"],
        "Risk": ["read", "change", "disrupt"],
        "SimpleState": ["pending", "running", "completed", "failed"],
        "LogLevel": ["DEBUG", "INFO", "WARN", "ERROR"],
        "EventLevel": ["debug", "info", "warning", "error"],
    },
}
ERROR_CODES = {
    400: "Something sent is wrong; `errors` says what.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "The role does not cover it; `action` names what is missing.",
    404: "There is no such object among those the caller may see.",
    409: "The object's state does not allow it.",
    413: "The body is larger than the API takes.",
    415: "The body is not of a type that the API reads.",
    429: "Too many attempts or requests; see Retry-After.",
    503: "The database, or the cache that counts attempts, does not answer just now; see Retry-After.",
}


F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """What a method of a view says about itself."""

    responses: Mapping[Any, Any]
    body: Any = None
    operation_id: str = ""


def answers(
    status: int,
    shape: Any,
    *,
    body: Any = None,
    operation_id: str = "",
    media: Mapping[str, Any] | Sequence[str] = (),
    also: Mapping[int, Any] | None = None,
) -> Callable[[F], F]:
    """Say what a method of a view takes and gives; drf-spectacular's own decorator would ask the host's settings.

    Arguments:
        status: of the answer when all goes well.
        shape: a serializer, its class, or None for an empty answer.
        body: the serializer's class that reads the request.
        media: the types of an answer that is not only JSON; each with its own shape where it is a mapping.
        also: other answers that are no errors, by their status.
    """

    found: dict[Any, Any] = {(status, *media) if media else status: shape}
    if isinstance(media, Mapping):
        found = {(status, kind): own for kind, own in media.items()}

    def mark(method: F) -> F:
        method.described = Described(  # type: ignore[attr-defined]
            responses={**found, **(also or {})},
            body=body,
            operation_id=operation_id,
        )
        return method

    return mark


class ErrorItem(Answer):
    """One thing that was wrong."""

    path = serializers.CharField(help_text="Dotted path into what was sent; empty for the whole.")
    message = serializers.CharField()
    code = serializers.CharField()
    device_ids = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="The devices a guard refused."
    )
    row = serializers.IntegerField(required=False, help_text="The row of a file; `column` to `nearest` come with it.")
    column = serializers.CharField(required=False)
    value = serializers.CharField(required=False, help_text="What stood there.")
    allowed = serializers.ListField(child=serializers.CharField(), required=False)
    nearest = serializers.CharField(required=False)


class Error(Answer):
    """The one shape of every error."""

    code = serializers.CharField()
    message = serializers.CharField()
    errors = ErrorItem(many=True)  # type: ignore[assignment]  # a field, not the serializer's errors
    request_id = serializers.CharField()
    detail = serializers.CharField(help_text="The message again, for clients that read this name.")
    action = serializers.CharField(required=False, help_text="With 403: the action that the role does not cover.")
    used_by = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="With 409: type, id and name of what needs the object."
    )


class WebnetSchema(AutoSchema):
    """Adds what every view has: its query, the customer header and the error shape."""

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        """Be there for our own description only: the host's leaves our views out and says what it always said."""
        return super().__get__(instance, owner) if _describing.get() else None

    def get_override_parameters(self) -> list[Any]:
        """Return the query of the action, and the header where somebody must be signed in."""
        query = self._ours().query_class(self._action())
        parameters: list[Any] = [query] if query is not None else []
        if getattr(getattr(self.view, self._action()), "idempotent", False):
            parameters.append(IDEMPOTENCY_HEADER)
        return parameters if self._is_public() else [*parameters, CUSTOMER_HEADER]

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        # An empty filter is none, whatever its type.
        return [{**item, "allowEmptyValue": True} if item["in"] == "query" else item for item in parameters]

    def get_operation_id(self) -> str:
        """Return the name the method gives itself, or the usual one."""
        return self._described().operation_id or str(super().get_operation_id())

    def get_request_serializer(self) -> Any:
        """Return what reads the body; in a change every field may be left out."""
        body = self._described().body
        return body(partial=True) if body is not None and self.method in {"PUT", "PATCH"} else body

    def get_response_serializers(self) -> Any:
        """Return what the method answers."""
        return dict(self._described().responses)

    def get_auth(self) -> list[Any]:
        """Return the ways in, or none where everybody may."""
        return [] if self._is_public() else list(super().get_auth())

    def get_tags(self) -> list[str]:
        """Return the first part of the path behind the API's root."""
        tail = self.path.rpartition("/v1/")[2].strip("/")
        return [tail.partition("/")[0] or "api"]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list is what the method says is many; one that brings its own envelope is none."""
        shapes = self._described().responses.values()
        return any(isinstance(shape, serializers.ListSerializer) for shape in shapes)

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in self._error_statuses():
            if str(status) not in bodies:
                described = self._get_response_for_code(Error, str(status))  # type: ignore[no-untyped-call]
                bodies[str(status)] = {**described, "description": ERROR_CODES[status]}
        return bodies

    def _error_statuses(self) -> Sequence[int]:
        # A header may name a customer that is not there, so every route of those signed in knows 404.
        found = [400, 401, 403, *(() if self._is_public() else (404,)), 429, 503]
        if self.method != "GET":
            found += [409]
        if self.method in {"POST", "PUT", "PATCH"}:
            found += [413, 415]
        return sorted(found)

    def _described(self) -> Described:
        found: Described = getattr(self.view, self._action()).described
        return found

    def _ours(self) -> WebnetAPIView:
        view: Any = self.view
        return view  # type: ignore[no-any-return]  # only views of ours have this schema

    def _action(self) -> str:
        return str(getattr(self.view, "action", None) or self.method.lower())

    def _is_public(self) -> bool:
        return self._ours().is_public(self._action())


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes API keys."""

    target_class = "webnet_core.api.authentication.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """Return the scheme."""
        return {"type": "apiKey", "in": "header", "name": "X-API-Key"}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes bearer tokens."""

    target_class = "webnet_core.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """Return the scheme."""
        return build_bearer_security_scheme_object(
            header_name="Authorization",
            token_prefix="Bearer",  # noqa: S106 - a word, no password
            bearer_format="JWT",
        )


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the site's session cookie."""

    target_class = "webnet_core.api.authentication.WebnetSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """Return the scheme."""
        return {"type": "apiKey", "in": "cookie", "name": django_settings.SESSION_COOKIE_NAME}


class TaskNames(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Lists the installed tasks where a task's name is asked for."""

    target_class = "webnet_core.api.fields.TaskName"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return the schema of the field."""
        names = sorted(registry("tasks"))
        return {"type": "string", "enum": names} if names else {"type": "string"}


def driver_names() -> list[str]:
    """Return the drivers that any installed platform names."""
    return sorted({name for platform in registry("platforms").values() for name in platform.drivers})


class DriverNames(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Lists the drivers where a driver's name is asked for."""

    target_class = "webnet_core.api.fields.DriverName"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return the schema of the field."""
        return {"type": "string", "enum": ["", *driver_names()]}


class Options(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes the options of a run as their model has them."""

    target_class = "webnet_core.api.fields.OptionsObject"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return the schema of the field."""
        return {
            "type": "object",
            "properties": {
                "driver": {"type": "string", "enum": [*driver_names(), None], "nullable": True},
                "workers": {"type": "integer", "minimum": 1, "maximum": 200, "nullable": True},
                "deadline": {
                    "type": "number",
                    "minimum": 0,
                    "exclusiveMinimum": True,
                    "maximum": 3600,
                    "nullable": True,
                    "description": "Seconds per host.",
                },
            },
            "additionalProperties": False,
        }


class Files(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes a file that is sent, so that a client sends it as one."""

    target_class = "rest_framework.serializers.FileField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return the schema of the field."""
        return {"type": "string", "format": "binary"}


class References(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes a field that takes an id or a name."""

    target_class = "webnet_core.api.fields.Reference"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return the schema of the field."""
        return {"oneOf": [{"type": "integer", "format": "int64", "minimum": 1}, {"type": "string", "maxLength": 120}]}


def keep_webnet(endpoints: Sequence[Any]) -> list[Any]:
    """Keep the routes of webnet's own views, each once: below the version, with the slash at its end."""
    return [
        endpoint
        for endpoint in endpoints
        if endpoint[0].endswith("/") and "/v1/" in endpoint[0] and _is_ours(endpoint[3])
    ]


class WebnetGenerator(SchemaGenerator):
    """Describes webnet's routes of a site, whatever the host's own settings for descriptions are.

    For a file: ``manage.py spectacular --generator-class webnet_core.api.schema.WebnetGenerator``.
    """

    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002 - its signature
        """Return the description."""
        token = _describing.set(True)
        try:
            # drf-spectacular's settings are the process's: a second description at the same moment would end them.
            with _one_at_a_time, patched_settings(SETTINGS):
                return super().get_schema(request=request, public=public)  # type: ignore[no-untyped-call]
        finally:
            _describing.reset(token)


def build_schema(urlconf: str | None = None) -> dict[str, Any]:
    """Return the OpenAPI description of the site's webnet routes, open to everybody or not."""
    generator = WebnetGenerator(urlconf=urlconf)  # type: ignore[no-untyped-call]
    described: dict[str, Any] = generator.get_schema(request=None, public=True)
    return described


def kept_schema() -> dict[str, Any]:
    """Return the same as `build_schema`, which takes most of a second, made once for the plugins that are loaded."""
    global _kept  # noqa: PLW0603 - one process, one set of plugins
    drawn_from = (registry("tasks"), registry("platforms"), get_resolver())
    with _one_at_a_time:
        if _kept is None or any(now is not then for now, then in zip(drawn_from, _kept[0], strict=True)):
            _kept = (drawn_from, build_schema())
        return _kept[1]


def _is_ours(callback: Any) -> bool:
    return bool(getattr(getattr(callback, "cls", None), "described_by_webnet", False))
