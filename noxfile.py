"""Shortcuts for developers. The matrix of supported versions is in tox.ini, what CI runs is in .ci/run."""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["test", "lint", "types", "docs"]


@nox.session
def test(session: nox.Session) -> None:
    """Every suite, or those named: `nox -s test -- webnet-core`."""
    session.run("make", "test", f"ARGS={' '.join(session.posargs)}", external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff and the contracts between packages."""
    session.run("make", "lint", external=True)


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict."""
    session.run("make", "types", external=True)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, warnings as errors."""
    session.run("make", "docs", external=True)


@nox.session
def serve(session: nox.Session) -> None:
    """The demo."""
    session.run("make", "demo", *session.posargs, external=True)
