"""Our components look the same on anybody's page, and nobody's page looks different for them."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# Every computed property of every element and its pseudo-elements: not a sample.
MEASURE = """(selector) => {
  const names = [...getComputedStyle(document.documentElement)].filter((name) => !name.startsWith("--"));
  const classes = (node) => (typeof node.className === "string" ? node.className.split(" ").filter(Boolean) : []);
  const label = (node) => [node.tagName.toLowerCase(), ...classes(node)].join(".");
  const rows = [];
  for (const node of document.querySelectorAll(selector)) {
    for (const pseudo of [null, "::before", "::after"]) {
      const style = getComputedStyle(node, pseudo);
      if (pseudo && style.content === "none") continue;
      rows.push(label(node) + (pseudo ?? "") + "\\n" + names.map((name) => style.getPropertyValue(name)).join("\\n"));
    }
  }
  return [names, rows];
}"""
OURS = ".wn-root, .wn-root *:not(script)"
THEIRS = "html, body, .host, .host *, #page, #content, .bed"
# What follows from how tall the content is, on the elements around it.
FOLLOWS_CONTENT = {"height", "block-size", "perspective-origin", "transform-origin"}


@pytest.fixture
def measure(page, site):
    def measured(path, selector, theme="light"):
        page.emulate_media(reduced_motion="reduce", color_scheme=theme)
        page.set_viewport_size({"width": 1400, "height": 900})
        page.goto(f"{site}/bed/host/{path}")
        page.wait_for_timeout(500)  # skeletons show after 300 ms
        return page.evaluate(MEASURE, selector)

    return measured


@pytest.fixture(scope="module")
def measured_alone():
    return {}


@pytest.fixture
def alone_in(measure, measured_alone):
    """The components on a page of their own, measured once for each theme."""

    def known(theme):
        if theme not in measured_alone:
            measured_alone[theme] = measure("alone/", OURS, theme)
        return measured_alone[theme]

    return known


def differences(first, second, ignored=frozenset()):
    names, before = first
    after = second[1]
    assert [row.partition("\n")[0] for row in before] == [row.partition("\n")[0] for row in after]
    found = []
    for one, other in zip(before, after, strict=True):
        if one == other:
            continue
        label, *values = one.split("\n")
        pairs = zip(names, values, other.split("\n")[1:], strict=True)
        found += [f"{label}: {name}: {was} -> {now}" for name, was, now in pairs if was != now and name not in ignored]
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("host", ["framework", "wild", "ids"])
def test_no_host_changes_a_computed_property_of_ours(measure, alone_in, host, theme):
    alone, inside = alone_in(theme), measure(f"{host}/", OURS, theme)
    assert len(alone[1]) > 800
    assert differences(alone, inside)[:20] == []


@pytest.mark.parametrize("host", ["framework", "wild", "ids"])
def test_we_change_no_computed_property_of_a_host(measure, host):
    before, after = measure(f"{host}/?css=0", THEIRS), measure(f"{host}/", THEIRS)
    assert len(before[1]) > 30
    assert differences(before, after, FOLLOWS_CONTENT)[:20] == []


def test_the_test_bed_would_notice(measure, page):
    alone = measure("alone/", OURS)
    page.evaluate("document.querySelector('.wn-root .wn-btn').style.color = 'red'")
    assert differences(alone, page.evaluate(MEASURE, OURS)) != []
