"""Made-up requests for every described operation, as everybody: no failure, no answer that is not described, no door
left open. What a request does is taken back, so nothing that one case needs is destroyed by another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.contract.world import World
from webnet_core.api.schema import build_schema

ROLES = ("viewer", "operator", "admin")
EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
    ignored_auth,
]


def described() -> Any:
    found = schemathesis.openapi.from_dict(build_schema())
    found.app = WSGIHandler()
    return found


SCHEMA = described()
OPERATIONS = [operation.ok() for operation in SCHEMA.get_all_operations()]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Let a request not close the connection in whose transaction the test is, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ids_of_rows(world: World, operation: Any) -> dict[str, Any]:
    """Ids with which the operation finds something; every first row has the same id."""
    path = operation.path
    ids: dict[str, Any] = {
        "id": world.users["login"].pk if path.startswith("/api/v1/users/") else world.device.pk,
        "user_id": world.users["outsider"].pk,
        "name": "get_facts" if "/tasks/" in path else "webnet_core",
    }
    return {
        name: ids.get(name, world.device.pk) for name in (parameter.name for parameter in operation.path_parameters)
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_made_up_request_is_answered_otherwise_than_described(world: World, operation: Any) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        try_out(world, operation, mode)
    if ids := ids_of_rows(world, operation):
        try_out(world, operation, GenerationMode.POSITIVE, path_parameters=ids)


def try_out(world: World, operation: Any, mode: GenerationMode, **fixed: Any) -> None:
    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=False,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def each(case: Any) -> None:
        for who in ROLES:
            cache.clear()
            with transaction.atomic():
                headers = {"Authorization": f"Bearer {world.bearers[who]}"}
                response = case.call(headers=headers)
                case.validate_response(response, checks=CHECKS, headers=headers)
                transaction.set_rollback(True)

    each()
