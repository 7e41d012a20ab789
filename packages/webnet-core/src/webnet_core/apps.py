"""The app of webnet-core, and the base class that finds an app's parts by convention."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signals import setting_changed
from django.db.models.signals import post_migrate, post_save, pre_migrate
from django.utils.module_loading import module_has_submodule

from webnet_core.redact import install_filter


class WebnetAppConfig(AppConfig):
    """An app that belongs to webnet: what it has is found by the names of its modules.

    ``hookspecs`` specifies hooks, ``webnet_plugin`` implements them, ``pages/urls`` and ``api/urls`` are mounted by
    ``include("webnet_core.urls")``, ``live/urls`` has socket routes and ``cli`` has verbs of ``manage.py webnet``.
    A missing module is fine; a broken one is loud.
    """

    default = False
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Django takes the one class in apps.py whose `default` is true; this base is imported there too.
        super().__init_subclass__(**kwargs)
        cls.default = cls.__dict__.get("default", True)

    @property
    def hookspecs(self) -> ModuleType | None:
        """The module that specifies this app's hooks."""
        return self.submodule("hookspecs")

    @property
    def pages_urls(self) -> ModuleType | None:
        """The URL module of this app's pages."""
        return self.submodule("pages.urls")

    @property
    def api_urls(self) -> ModuleType | None:
        """The URL module of this app's API, relative to ``api/v1/``."""
        return self.submodule("api.urls")

    @property
    def live_urls(self) -> ModuleType | None:
        """The module with this app's socket routes."""
        return self.submodule("live.urls")

    def submodule(self, path: str) -> ModuleType | None:
        """Import the module at `path` below this app; None where there is no such file."""
        module = self.module
        if module is None:  # pragma: no cover - Django always sets it for an installed app
            return None
        for name in path.split("."):
            if not module_has_submodule(module, name):
                return None
            module = import_module(f"{module.__name__}.{name}")
        return module


class WebnetCoreConfig(WebnetAppConfig):
    """Loads the plugins of all apps once they are there."""

    name = "webnet_core"
    label = "webnet_core"
    verbose_name = "webnet"

    def ready(self) -> None:
        """Install the redaction filter, load the plugins, refuse wrong settings, register the system checks."""
        from webnet_core import checks  # noqa: F401, PLC0415 - importing registers them
        from webnet_core.access.endings import end_with_account, rights_changed  # noqa: PLC0415 - needs the apps
        from webnet_core.access.guard_triggers import install_guards, remove_guards  # noqa: PLC0415 - needs the apps
        from webnet_core.access.sessions import record_login, record_logout  # noqa: PLC0415 - needs the apps
        from webnet_core.audit.guard import install_guard  # noqa: PLC0415 - needs the apps
        from webnet_core.blobs.keys import make_after_migration  # noqa: PLC0415 - needs the apps
        from webnet_core.conf import require_valid  # noqa: PLC0415 - needs the apps
        from webnet_core.live.publish import recheck  # noqa: PLC0415 - needs the apps
        from webnet_core.plugins.manager import load_plugins  # noqa: PLC0415 - needs the apps

        install_filter()
        load_plugins()
        require_valid()
        user_logged_in.connect(record_login, dispatch_uid="webnet_core.access.sessions")
        user_logged_out.connect(record_logout, dispatch_uid="webnet_core.access.sessions")
        post_save.connect(end_with_account, sender=get_user_model(), dispatch_uid="webnet_core.access.endings")
        rights_changed.connect(recheck, dispatch_uid="webnet_core.live.publish")
        pre_migrate.connect(remove_guards, sender=self, dispatch_uid="webnet_core.access.guard_triggers")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="webnet_core.access.guard_triggers")
        post_migrate.connect(install_guard, sender=self, dispatch_uid="webnet_core.audit.guard")
        post_migrate.connect(make_after_migration, sender=self, dispatch_uid="webnet_core.blobs.keys")
        setting_changed.connect(_reload_plugins, dispatch_uid="webnet_core.apps")


def _reload_plugins(*, setting: str, **_: Any) -> None:
    """Keep plugins in step where a test changes the installed apps; Django itself does not say when it changes back."""
    from webnet_core.plugins.manager import load_plugins  # noqa: PLC0415 - needs the apps

    if setting == "INSTALLED_APPS" and apps.is_installed("webnet_core"):
        load_plugins()


def webnet_apps() -> list[WebnetAppConfig]:
    """The installed apps that belong to webnet, in INSTALLED_APPS order."""
    return [config for config in apps.get_app_configs() if isinstance(config, WebnetAppConfig)]


def hookspec_modules() -> list[ModuleType]:
    """The modules that specify hooks, in INSTALLED_APPS order."""
    return [module for config in webnet_apps() if (module := config.hookspecs) is not None]
