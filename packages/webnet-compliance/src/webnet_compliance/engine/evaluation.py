"""Asking rules about a document. Whether there is a document worth asking about is decided here, not by the rules."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from webnet_compliance.engine.documents import ConfigDocument
from webnet_compliance.engine.rules import Finding, NoEvidence, Rule, Severity
from webnet_core.plugins.items import Platform
from webnet_nornir.markers import is_complete, refusal

log = logging.getLogger(__name__)

MOST_FINDINGS = 1000


class Status(StrEnum):
    """What became of a rule. Only `PASS` says that the demand is met."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    ERROR = "error"
    NO_DATA = "no_data"
    NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What one rule says of one document; `reason` explains every status but pass and fail."""

    rule: str
    status: Status
    findings: Sequence[Finding] = ()
    reason: str = ""


def evaluate(rules: Iterable[Rule], document: ConfigDocument, platform: Platform) -> list[Verdict]:
    """Return the verdict of each rule on `document`, in the order of the rules.

    Args:
        rules: Each is asked by itself: one that fails does not keep the others from answering.
        document: Where it is empty, cut off or an error message, every verdict is `NO_DATA`.
        platform: The document's platform, which knows how its configurations end.
    """
    flaw = find_flaw(document, platform)
    return [_evaluate(rule, document, flaw) for rule in rules]


def find_flaw(document: ConfigDocument, platform: Platform) -> str:
    """Say why the document is no whole configuration; empty where it is one."""
    if not document.text.strip():
        return "The configuration is empty."
    if refused := refusal(platform, document.text):
        return f"The configuration is an error message: {refused[:80]!r}."
    if not is_complete(platform, document.text):
        return "The configuration is cut off: it does not end the way the platform ends one."
    return ""


def _evaluate(rule: Rule, document: ConfigDocument, flaw: str) -> Verdict:
    if rule.platforms and document.platform not in rule.platforms:
        reason = f"The rule is not for {document.platform}."
        return Verdict(rule=rule.key, status=Status.NOT_EVALUATED, reason=reason)
    if flaw:
        return Verdict(rule=rule.key, status=Status.NO_DATA, reason=flaw)
    try:
        findings = _findings(rule, document)
    except NoEvidence as error:
        return Verdict(rule=rule.key, status=Status.NO_DATA, reason=error.message)
    except Exception as error:
        log.exception("The rule %s failed.", rule.key)
        return Verdict(rule=rule.key, status=Status.ERROR, reason=f"{type(error).__name__}: {error}")
    return Verdict(rule=rule.key, status=Status.FAIL if findings else Status.PASS, findings=findings)


def _findings(rule: Rule, document: ConfigDocument) -> Sequence[Finding]:
    Severity(rule.severity)
    findings = tuple(islice(rule.check(document), MOST_FINDINGS))
    for finding in findings:
        if not isinstance(finding, Finding):
            raise TypeError(f"the rule yields {type(finding).__name__}, not Finding")
    return findings
