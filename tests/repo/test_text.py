"""What no committed text may say. The patterns are put together from pieces: this file must not match itself."""

from __future__ import annotations

import re

import pytest
from pip._internal.models.index import PyPI

from tests.repo.tree import WRITTEN_BY_OTHERS, texts

REGISTRIES = (PyPI.netloc, PyPI.file_storage_domain, ".".join(("registry", "npmjs", "org")))
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|fa" r"rm)/[\w.-]|/home/[a-z]\w*/")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b|Not" r"ImplementedError\b")
HOW_IT_WAS_MADE = re.compile(r"\b(?:st" r"ep|iss" r"ue) \d+\b|\bK[1-9]\d?\b|\b(?:ruli" r"ngs|modu" r"les)\.md\b")


def lines_with(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts(*suffixes)
        if not any(part in f"/{name}" for part in WRITTEN_BY_OTHERS)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_text_names_the_host_of_a_package_registry(host: str):
    assert [name for name, text in texts() if host in text] == []


def test_no_text_holds_a_path_of_the_machine_it_was_written_on():
    assert lines_with(MACHINE_PATH) == []


def test_nothing_is_left_for_later_in_words():
    assert lines_with(UNFINISHED, ".py", ".html", ".md", ".sh", ".toml", ".yaml", ".yml") == []


def test_the_product_speaks_of_itself_and_not_of_how_it_was_made():
    assert lines_with(HOW_IT_WAS_MADE, ".py", ".html", ".md", ".toml", ".sh") == []


def test_no_summary_files_lie_about():
    assert [name for name, _ in texts() if re.search(r"_(?:SUMMARY|REPORT)\.md$", name)] == []
