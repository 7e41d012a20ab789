"""Nothing grows until nobody reads it."""

from __future__ import annotations

from pathlib import Path

from tests.repo.tree import ROOT, functions, own_modules, source_of

LONGEST_FUNCTION = 50
LONGEST_MODULE = 500
LONGEST_ROOM = 2500


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_function_is_longer_than_fifty_lines():
    long = [
        f"{path.relative_to(ROOT)}: {name} has {length} lines"
        for path in own_modules()
        for name, length in functions(path)
        if length > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_longer_than_five_hundred_lines():
    long = [f"{path.relative_to(ROOT)} has {lines_of(path)} lines" for path in own_modules()]
    assert [line for line, path in zip(long, own_modules(), strict=True) if lines_of(path) > LONGEST_MODULE] == []


def test_a_room_of_core_that_becomes_a_house_says_why_in_its_docstring():
    sizes: dict[str, int] = {}
    core = source_of("webnet-core")
    for path in own_modules():
        if path.is_relative_to(core) and path.parent != core:
            room = path.relative_to(core).parts[0]
            sizes[room] = sizes.get(room, 0) + lines_of(path)
    assert sizes, "core has no rooms"
    large = {room: size for room, size in sizes.items() if size > LONGEST_ROOM}
    reason = "This room is larger than the others because"
    assert {room: size for room, size in large.items() if reason not in (core / room / "__init__.py").read_text()} == {}


def test_modules_are_nouns_and_never_a_drawer():
    drawers = {"utils.py", "helpers.py", "misc.py", "common.py"}
    assert [str(path.relative_to(ROOT)) for path in own_modules() if path.name in drawers] == []
