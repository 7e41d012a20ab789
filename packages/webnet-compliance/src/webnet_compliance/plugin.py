"""The public door of webnet-compliance: everything a plugin may import. Imports no Django; all else may change."""

from __future__ import annotations

from webnet_compliance.engine.documents import ConfigDocument
from webnet_compliance.engine.evaluation import Status, Verdict, evaluate
from webnet_compliance.engine.rules import Finding, NoEvidence, Rule, Severity
from webnet_compliance.engine.trees import Node, Tree

__all__ = [
    "ConfigDocument",
    "Finding",
    "NoEvidence",
    "Node",
    "Rule",
    "Severity",
    "Status",
    "Tree",
    "Verdict",
    "evaluate",
]
