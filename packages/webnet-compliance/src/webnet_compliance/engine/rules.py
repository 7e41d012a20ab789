"""What a rule is and what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from webnet_compliance.engine.documents import ConfigDocument
from webnet_core.exceptions import WebnetError


class Severity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class NoEvidence(WebnetError):
    """The document does not hold what the rule looks at; the result is no data, neither pass nor fail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is not as the rule wants it. `line` is its number in the document, counted from 1."""

    message: str
    line: int | None = None
    expected: Sequence[str] = ()
    missing: Sequence[str] = ()
    extra: Sequence[str] = ()


@runtime_checkable
class Rule(Protocol):
    """One demand on a configuration. Any object with these attributes is a rule."""

    @property
    def key(self) -> str:
        """``<plugin>.<name>``, unique."""
        ...

    @property
    def title(self) -> str:
        """The demand in a few words, true when the rule passes."""
        ...

    @property
    def severity(self) -> str:
        """One of `Severity`."""
        ...

    @property
    def platforms(self) -> frozenset[str]:
        """Slugs of the platforms it is for; empty for all."""
        ...

    @property
    def references(self) -> Sequence[str]:
        """Where the demand comes from: a section of a standard, an address."""
        ...

    def check(self, document: ConfigDocument) -> Iterable[Finding]:
        """Yield what is wrong; nothing yielded is a pass.

        Raises:
            NoEvidence: The document does not hold what is needed to tell.
        """
        ...
