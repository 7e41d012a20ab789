"""Rules, the documents they are asked about, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from webnet_compliance.plugin import ConfigDocument, Finding, NoEvidence, Rule, Status, Tree, evaluate
from webnet_core.platforms.cisco import IOS, NXOS

CONFIG = """version 15.2
hostname r1
!
interface GigabitEthernet0/1
 description uplink
 no shutdown
!
line vty 0 4
 transport input telnet ssh
 login local
!
end
"""


class NoTelnet:
    """A rule as a plugin author writes it."""

    key = "acme.no-telnet"
    title = "VTY lines refuse Telnet"
    severity = "high"
    platforms = frozenset({"cisco_ios"})
    references = ()

    def check(self, document):
        for block in document.tree.matching(r"^line vty"):
            for node in block.matching(r"^transport input .*telnet"):
                yield Finding(message="Telnet is allowed", line=node.line)


class NeedsSyslog(NoTelnet):
    key = "acme.syslog"

    def check(self, document):
        if not any(line.startswith("logging ") for line in document.lines):
            raise NoEvidence("Logging is not part of this document.")
        return ()


class Broken(NoTelnet):
    key = "acme.broken"

    def check(self, document):
        return document.no_such_attribute


class YieldsText(NoTelnet):
    key = "acme.text"

    def check(self, document):
        yield "not a finding"


class BadSeverity(NoTelnet):
    key = "acme.severity"
    severity = "dreadful"


def document(text: str = CONFIG, platform: str = "cisco_ios", **facts) -> ConfigDocument:
    return ConfigDocument(text=text, platform=platform, taken_at=datetime(2026, 11, 2, tzinfo=UTC), facts=facts)


def verdict(rule, text: str = CONFIG):
    return evaluate([rule], document(text), IOS)[0]


def test_a_plain_class_is_a_rule():
    assert isinstance(NoTelnet(), Rule)
    assert not isinstance(object(), Rule)


def test_what_is_wrong_is_found_with_its_line():
    found = verdict(NoTelnet())
    assert (found.rule, found.status) == ("acme.no-telnet", Status.FAIL)
    assert found.findings == (Finding(message="Telnet is allowed", line=9),)


def test_nothing_found_is_a_pass():
    assert verdict(NoTelnet(), CONFIG.replace("telnet ", "")).status is Status.PASS


@pytest.mark.parametrize(
    "text", ["", " \n\n", CONFIG.removesuffix("end\n"), CONFIG[:60], "% Invalid input detected at '^' marker.\n\nend\n"]
)
def test_an_empty_or_cut_off_document_is_no_data_and_never_a_pass(text):
    found = verdict(NoTelnet(), text)
    assert found.status is Status.NO_DATA
    assert found.reason.startswith("The configuration is ")


def test_an_empty_document_of_a_platform_without_an_end_is_no_data_too():
    rule = NoTelnet()
    rule.platforms = frozenset()
    assert evaluate([rule], document("", "cisco_nxos"), NXOS)[0].status is Status.NO_DATA


def test_missing_evidence_is_no_data_with_the_rules_reason():
    found = verdict(NeedsSyslog())
    assert (found.status, found.reason) == (Status.NO_DATA, "Logging is not part of this document.")


@pytest.mark.parametrize("rule", [Broken(), YieldsText(), BadSeverity()])
def test_a_rule_that_fails_is_an_error_and_the_others_still_answer(rule):
    broken, sound = evaluate([rule, NoTelnet()], document(), IOS)
    assert broken.status is Status.ERROR
    assert broken.reason
    assert sound.status is Status.FAIL


def test_a_rule_for_another_platform_is_not_evaluated():
    found = evaluate([NoTelnet()], document(platform="cisco_nxos"), NXOS)[0]
    assert found.status is Status.NOT_EVALUATED


def test_facts_ride_along():
    assert document(model="C9300").facts["model"] == "C9300"


def test_the_tree_follows_the_indentation():
    tree = Tree.of(CONFIG.splitlines())
    assert [node.text for node in tree.roots] == [
        "version 15.2",
        "hostname r1",
        "interface GigabitEthernet0/1",
        "line vty 0 4",
        "end",
    ]
    interface = tree.roots[2]
    assert [(child.line, child.text) for child in interface.children] == [(5, "description uplink"), (6, "no shutdown")]


def test_deeper_blocks_nest_and_end_where_the_indentation_does():
    tree = Tree.of(["a", " b", "\tc", " d", "e"])
    assert [node.text for node in tree.walk()] == ["a", "b", "c", "d", "e"]
    assert [child.text for child in tree.roots[0].children] == ["b", "d"]
    assert [child.text for child in tree.roots[0].children[0].children] == ["c"]


def test_a_tree_of_any_depth_can_be_walked():
    lines = [" " * depth + "x" for depth in range(3000)]
    assert sum(1 for _ in Tree.of(lines).walk()) == 3000


def test_a_document_makes_its_tree_once():
    one = document()
    assert one.tree is one.tree
