"""The rules that every template keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import webnet_ui

PACKAGE = Path(webnet_ui.__file__).parent
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))
STYLE_SHEET = (PACKAGE / "static" / "webnet_ui" / "webnet.css").read_text(encoding="utf-8")

TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
CLASSES = re.compile(r'\bclass="([^"]*)"')
IDS = re.compile(r'\bid="([^"]*)"')
LINKS = re.compile(r'\b(?:href|src|action|hx-get|hx-post|data-[\w-]*url)="([^"]*)"')


def template_id(path: Path) -> str:
    return path.relative_to(PACKAGE / "templates").as_posix()


@pytest.fixture(params=TEMPLATES, ids=template_id)
def source(request):
    return request.param.read_text(encoding="utf-8")


@pytest.fixture
def markup(source):
    return TAG.sub("", source)


def test_no_template_carries_style_or_script(markup):
    assert not re.search(r"\sstyle\s*=", markup)
    assert not re.search(r"\son[a-z]+\s*=", markup)
    assert "<style" not in markup
    assert "javascript:" not in markup
    assert not re.search(r"<script(?![^>]*\bsrc=)", markup), "a script body would need a nonce"


def test_no_template_uses_what_only_one_htmx_knows(markup):
    only_one = r"\bhx-(on|boost|delete|put|patch|vars|vals|params|disable|ext|inherit)\b"
    assert not re.search(only_one, markup)


def test_every_class_is_ours(markup):
    tokens = {token for group in CLASSES.findall(markup) for token in group.split()}
    assert {token for token in tokens if not token.startswith(("wn-", "wn:"))} == set()


def test_every_id_is_ours(source):
    fixed = {token for token in IDS.findall(source) if not token.startswith(("{{", "{%"))}
    assert {token for token in fixed if not token.startswith("wn-")} == set()


def test_no_link_is_absolute(source):
    assert [link for link in LINKS.findall(source) if link.startswith(("/", "http:", "https:"))] == []


def test_every_layout_class_in_use_is_in_the_built_style_sheet():
    used = {
        token
        for path in TEMPLATES
        for group in CLASSES.findall(path.read_text(encoding="utf-8"))
        for token in group.split()
        if token.startswith("wn:")
    }
    assert used, "the templates use layout classes"
    missing = {token for token in used if token.replace(":", "\\:") not in STYLE_SHEET}
    assert missing == set()


def test_page_templates_lay_out_and_leave_colour_to_components():
    forbidden = re.compile(r"wn:(?:[a-z]+:)*(bg|text-(?!start|end)|border|rounded|font|shadow|ring|fill|stroke)-?")
    offenders = {template_id(path) for path in TEMPLATES if forbidden.search(path.read_text(encoding="utf-8"))}
    assert offenders == set()
