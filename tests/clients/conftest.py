"""The site of the contract, with its customer and everybody in it."""

from __future__ import annotations

from tests.contract.conftest import django_db_setup, world

__all__ = ["django_db_setup", "world"]
