"""An app's parts are found by the names of its modules: a missing one is fine, a broken one is loud."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLResolver

from webnet_core.apps import WebnetAppConfig, WebnetCoreConfig, hookspec_modules, webnet_apps
from webnet_core.urls import collect_routes

APPS = """
from webnet_core.apps import WebnetAppConfig


class AcmeConfig(WebnetAppConfig):
    name = "acme_app"
"""


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings):
    """Install an app with these files: ``acme({"pages/urls.py": "urlpatterns = []"})``."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(files: dict[str, str]) -> WebnetAppConfig:
        for name, text in {"__init__.py": "", "apps.py": APPS, **files}.items():
            file = tmp_path / "acme_app" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            (file.parent / "__init__.py").touch()
        importlib.invalidate_caches()
        settings.INSTALLED_APPS = ["acme_app", *settings.INSTALLED_APPS]
        config = apps.get_app_config("acme_app")
        assert isinstance(config, WebnetAppConfig)
        return config

    yield install
    del settings.INSTALLED_APPS
    for name in [module for module in sys.modules if module.partition(".")[0] == "acme_app"]:
        del sys.modules[name]


def test_core_is_the_app_django_finds():
    assert isinstance(apps.get_app_config("webnet_core"), WebnetCoreConfig)
    assert [module.__name__ for module in hookspec_modules()] == ["webnet_core.hookspecs"]


def test_a_subclass_is_found_beside_the_imported_base(acme):
    assert acme({}).default_auto_field == "django.db.models.BigAutoField"
    assert [app.label for app in webnet_apps()] == ["acme_app", "webnet_core"]


def test_missing_parts_are_fine(acme):
    config = acme({"pages/views.py": ""})

    assert (config.hookspecs, config.pages_urls, config.api_urls, config.live_urls) == (None, None, None, None)


def test_a_broken_part_is_loud(acme):
    config = acme({"pages/urls.py": "import a_library_nobody_has\n"})

    with pytest.raises(ModuleNotFoundError, match="a_library_nobody_has"):
        _ = config.pages_urls


def test_routes_of_pages_and_api_are_collected(acme):
    routes = (
        "from django.urls import path\nfrom django.views import View\n\nurlpatterns = [path('acme/', View.as_view())]\n"
    )
    acme({"pages/urls.py": routes, "api/urls.py": routes})

    included = [route for route in collect_routes() if isinstance(route, URLResolver)]
    prefixes = [str(one.pattern) for one in included if one.urlconf_module.__name__.startswith("acme_app")]

    assert prefixes == ["api/v1/", ""]


def test_an_apps_own_hook_can_be_implemented_by_another(acme):
    specs = (
        "from webnet_core.plugins.items import TickStep\n"
        "from webnet_core.plugins.markers import registers\n\n\n"
        "@registers(TickStep, key='key')\n"
        "def webnet_register_chores():\n    '''Chores.'''\n"
    )
    plugin = (
        "from webnet_core.plugin import TickStep, hookimpl\n\n\n"
        "@hookimpl\ndef webnet_register_chores():\n    return [TickStep(key='acme_app.sweep', run=int)]\n"
    )
    acme({"hookspecs.py": specs, "webnet_plugin.py": plugin})

    from webnet_core.plugin import registry

    assert list(registry("chores")) == ["acme_app.sweep"]
