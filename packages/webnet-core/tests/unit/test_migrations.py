"""A new site gets by one migration what the sites before it got by thirteen."""

from __future__ import annotations

from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

SQUASHED = ("webnet_core", "0001_squashed_0013_device_columns")
LAST = ("webnet_core", "0013_device_columns")


def described(state: ProjectState) -> dict[str, Any]:
    """Return every model of core as its fields, constraints and indexes; in a table, their order means nothing."""
    return {name: of_model(model) for (app, name), model in state.models.items() if app == "webnet_core"}


def of_model(model: ModelState) -> dict[str, Any]:
    options = dict(model.options)
    named = {kind: {item.name: written(item) for item in options.pop(kind, ())} for kind in ("constraints", "indexes")}
    fields = {name: written(field) for name, field in model.fields.items()}
    return {"fields": fields, "options": repr(sorted(options.items())), **named}


def written(item: Any) -> str:
    return str(MigrationWriter.serialize(item)[0])


def test_the_squashed_migration_makes_the_tables_that_the_thirteen_make():
    loader = MigrationLoader(None, replace_migrations=False)
    by_thirteen = described(loader.project_state(LAST))
    by_one = described(loader.project_state(SQUASHED))
    assert len(by_one) > 25
    assert by_one == by_thirteen
