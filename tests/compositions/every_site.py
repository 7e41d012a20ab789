"""What is true of a site whichever of webnet's packages it has. Runs inside each site's own process.

Each site says in its own module what is particular to it.
"""

from __future__ import annotations

import importlib.util
import io
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.converters import UUIDConverter

from tests.compositions.absence import left_out
from webnet_core.plugins.items import NavItem
from webnet_core.plugins.manager import plugin_rows
from webnet_core.plugins.registry import registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client: Client) -> Client:
    """A browser of the site's administrator."""
    fields = {get_user_model().USERNAME_FIELD: "root@example.org", "password": "a-long-password"}
    client.force_login(get_user_model().objects.create_superuser(**fields))
    return client


def routes() -> Iterator[tuple[str, dict[str, object]]]:
    """Name and arguments that fit of every route in webnet's namespace that has a name."""
    namespaces = get_resolver().namespace_dict
    _prefix, resolver = namespaces["webnet"]
    waiting: list[URLPattern | URLResolver] = [*resolver.url_patterns]
    while waiting:
        pattern = waiting.pop()
        if isinstance(pattern, URLResolver):
            waiting += pattern.url_patterns
        elif pattern.name:
            converters = pattern.pattern.converters.items()
            yield pattern.name, {name: UUID(int=7) if isinstance(one, UUIDConverter) else 7 for name, one in converters}


def test_the_system_checks_find_nothing_to_say() -> None:
    told = io.StringIO()
    call_command("check", databases=["default"], fail_level="WARNING", stdout=told, stderr=told)
    assert told.getvalue().strip() == "System check identified no issues (0 silenced)."


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_migration_ran() -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_every_named_route_leads_back_to_itself() -> None:
    found = list(routes())
    assert len(found) > 10
    for name, arguments in found:
        address = reverse(f"webnet:{name}", kwargs=arguments)
        assert resolve(address).view_name == f"webnet:{name}", address


def test_what_is_left_out_is_neither_found_nor_imported() -> None:
    assert left_out(), "a site that leaves nothing out proves nothing here"
    assert [name for name in left_out() if importlib.util.find_spec(name)] == []
    assert sorted(left_out() & {name.partition(".")[0] for name in sys.modules}) == []


def test_every_plugin_belongs_to_an_installed_app_and_is_loaded() -> None:
    rows = plugin_rows()
    assert {row.name for row in rows} <= {name for name in settings.INSTALLED_APPS if name.startswith("webnet_")}
    assert {row.state for row in rows} == {"loaded"}


def test_the_api_refuses_strangers_in_its_own_shape(client: Client) -> None:
    answer = client.get(reverse("webnet:api-me"))
    assert answer.status_code == 401
    assert answer.json().keys() == {"code", "message", "errors", "request_id", "detail"}
    assert answer.json()["code"] == "not_authenticated"


def test_the_api_answers_the_administrator(admin_client: Client) -> None:
    me = admin_client.get(reverse("webnet:api-me"))
    assert me.status_code == 200
    devices = admin_client.get(reverse("webnet:api-devices-list"))
    assert devices.json() == {"count": 0, "total": 0, "next": None, "previous": None, "results": []}


def test_the_catalogue_lists_the_installed_tasks(admin_client: Client) -> None:
    body = admin_client.get(reverse("webnet:api-tasks")).json()
    rows = body["results"] if isinstance(body, dict) else body
    assert {row["name"] for row in rows} == set(registry("tasks"))


def test_the_description_of_the_api_is_made_of_what_is_installed(admin_client: Client) -> None:
    answer = admin_client.get(reverse("webnet:api-schema"))
    assert answer.status_code == 200
    assert (reverse("webnet:api-devices-list") in answer.json()["paths"]) is True
    mentioned = any("/config/" in path for path in answer.json()["paths"])
    assert mentioned is ("webnet_config" in settings.INSTALLED_APPS)


def test_the_navigation_leads_to_pages_that_are_there(admin_client: Client) -> None:
    pages = [reverse(item.route) for item in registry("ui").of(NavItem)]
    assert bool(pages) is ("webnet_ui" in settings.INSTALLED_APPS)
    for page in pages:
        answer = admin_client.get(page)
        assert answer.status_code == 200, page
        drawn = answer.content.decode()
        assert [other for other in pages if f'class="wn-nav-link" href="{other}"' not in drawn] == [], page
