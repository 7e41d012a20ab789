"""Cheaper tests that commit."""

from __future__ import annotations

from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate

# Django's own name for the receiver, in django.contrib.auth.apps.
_PERMISSIONS = "django.contrib.auth.management.create_permissions"


def flush_without_permissions() -> None:
    """From now on leave Django's permissions and content types out when the database is emptied between tests.

    A test that commits ends with Django's ``flush``, which tells every app that it was migrated; making a row again for
    each permission of each model takes a third of such tests. Call it once the test database is there, for suites that
    never ask for those rows; a content type that is asked for is made then::

        @pytest.fixture(scope="session")
        def django_db_setup(django_db_setup: None) -> None:
            flush_without_permissions()
    """
    post_migrate.disconnect(dispatch_uid=_PERMISSIONS)
    post_migrate.disconnect(create_contenttypes)
