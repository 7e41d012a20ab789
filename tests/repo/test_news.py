"""Every fragment of news comes into `CHANGES.md`: towncrier passes over what it does not know without a word."""

from __future__ import annotations

import tomllib

from tests.repo.tree import ROOT, tracked

TOLD = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
SECTIONS = {section["path"] for section in TOLD["section"]}
TYPES = {kind["directory"] for kind in TOLD["type"]}


def test_every_fragment_is_of_a_section_and_type_that_are_printed():
    fragments = [path.relative_to(ROOT / "changes") for path in tracked() if (ROOT / "changes") in path.parents]
    unknown = [
        path.as_posix()
        for path in fragments
        if not path.name.startswith(".")
        and not (
            len(path.parts) == 2
            and path.parts[0] in SECTIONS
            and path.name.endswith(".md")
            and path.name.removesuffix(".md").rpartition(".")[2] in TYPES
        )
    ]
    assert fragments
    assert unknown == []
