"""webnet as a standalone deployment: all its apps, a custom user, one machine or many."""

from __future__ import annotations

from example_project.celery import app as celery_app

__all__ = ["celery_app"]
