"""The Celery application, used where WEBNET_DISPATCHER is ``celery``."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")

app = Celery("example_project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["webnet_core.jobs"], related_name="celery")
