"""Configuring platforms that collect lines in a candidate: all of them take effect by a commit, or none does."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from webnet_core.plugins.items import Platform, Trait
from webnet_nornir.exceptions import CliRejected, ProtocolFailure
from webnet_nornir.markers import refusal_anywhere

PROMPT: Final = r"(?:^|[\r\n])[^\s<>#]{1,160}[>#]\s*$|\[yes,no\] \(\w+\)\s*$"
"""What a command ends with in configuration mode: any name, for a commit may change it, or a question."""

# What a device prints after a statement it took: where in the configuration one stands, a chassis' role, a hint.
_QUIET = re.compile(r"^(?:\[edit\b.*\]|\{[\w:-]+\}.*|warning:.*|#.*)?$")
_ASKS = "uncommitted changes?"


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateWords:
    """How a platform is told to begin, to commit, to forget and to leave.

    `enter` must be a way by which the device itself forgets what was not committed when the session ends, and in which
    nobody else's lines are committed along. `statements` are the words a line may begin with; `committed` is printed
    when a commit took effect, `pending` while somebody's commit waits to be confirmed, which another commit would do.
    """

    enter: str
    commit: str
    committed: str
    pending: str
    discard: str
    leave: str
    statements: frozenset[str]


CANDIDATES: Final[Mapping[str, CandidateWords]] = {
    "juniper_junos": CandidateWords(
        enter="configure exclusive",
        commit="commit",
        committed="commit complete",
        pending="commit confirmed will be rolled back",
        discard="rollback 0",
        leave="exit configuration-mode",
        statements=frozenset(
            {
                "set",
                "delete",
                "activate",
                "deactivate",
                "annotate",
                "copy",
                "insert",
                "protect",
                "rename",
                "replace",
                "unprotect",
            }
        ),
    ),
}


class Ask(Protocol):
    """Sends one line and returns what the device printed, without the line and the prompt behind it."""

    def __call__(self, line: str, *, patient: bool = False) -> str:
        """Ask; `patient` for what may take as long as the host has."""


def collects(platform: Platform) -> bool:
    """Tell whether lines typed on the platform wait for a commit; where sessions are another mode they need not."""
    return Trait.CANDIDATE in platform.traits and Trait.SESSIONS not in platform.traits


def configure_candidate(platform: Platform, lines: Sequence[str], ask: Ask) -> str:
    """Enter lines into a candidate nobody else writes to, commit it and leave; return what the device printed.

    Args:
        platform: One of `CANDIDATES`.
        lines: Statements, each whole: ``set system host-name r1``.
        ask: Sends a line over the driver's session.

    Raises:
        CliRejected: A line or the commit was refused, or configuring was not let begin; the device has what it had
            before, and configuration mode is left.
        ProtocolFailure: The device did not say whether it committed.
    """
    words = CANDIDATES[platform.slug]
    _require_statements(words, lines)
    printed = [_enter(platform, words, ask)]
    try:
        printed.extend(_accepted(platform, line, ask(line)) for line in lines)
        printed.append(_committed(platform, words, ask(words.commit, patient=True)))
    except CliRejected as error:
        _forget(words, ask)
        raise CliRejected(
            f"{error.message} Nothing was committed; the device has what it had before.",
            outputs=error.outputs,
            refused=error.data["refused"],
            undone=True,
        ) from error
    with contextlib.suppress(Exception):
        _leave(words, ask)
    return "\n".join(text for text in printed if text.strip())


def _require_statements(words: CandidateWords, lines: Sequence[str]) -> None:
    for line in lines:
        if line.split()[0] not in words.statements:
            raise CliRejected(
                f"{line!r} was not sent, nor anything else: a line begins with one of "
                f"{', '.join(sorted(words.statements))}. Committing is done for you.",
                refused=(line,),
                undone=True,
            )


def _enter(platform: Platform, words: CandidateWords, ask: Ask) -> str:
    answer = ask(words.enter)
    refused = refusal_anywhere(platform, answer)
    if not refused and words.pending not in answer:
        return answer
    if refused:
        reason = "somebody else is configuring it, or left changes that are not committed"
    else:
        reason = "a commit waits to be confirmed, which a commit of these lines would do"
        with contextlib.suppress(Exception):
            _leave(words, ask)
    raise CliRejected(
        f"The device was not configured: {reason} ({_joined(answer)}). Nothing was sent.",
        outputs={words.enter: answer},
        refused=(words.enter,),
        undone=True,
    )


def _accepted(platform: Platform, line: str, answer: str) -> str:
    # A statement is taken in silence: words the platform's data do not know are a refusal too.
    odd = (text for text in answer.splitlines() if not _QUIET.match(text.strip()) and text.strip() != "^")
    refused = refusal_anywhere(platform, answer) or next(odd, "").strip()
    if refused:
        raise CliRejected(f"The device refused {line!r}: {refused}.", outputs={line: answer}, refused=(line,))
    return answer


def _committed(platform: Platform, words: CandidateWords, answer: str) -> str:
    if words.committed in answer:
        return answer
    if refusal_anywhere(platform, answer):
        raise CliRejected(
            f"The device refused to commit: {_joined(answer)}.",
            outputs={words.commit: answer},
            refused=(words.commit,),
        )
    raise ProtocolFailure(f"The device did not answer {words.commit!r} with {words.committed!r}: {_joined(answer)!r}.")


def _forget(words: CandidateWords, ask: Ask) -> None:
    # Should this not get through, the device forgets by itself when the session ends.
    with contextlib.suppress(Exception):
        ask(words.discard, patient=True)
        _leave(words, ask)


def _leave(words: CandidateWords, ask: Ask) -> None:
    if _ASKS in ask(words.leave):
        ask("yes")


def _joined(answer: str) -> str:
    lines = (line.strip() for line in answer.splitlines())
    return "; ".join(line for line in lines if not _QUIET.match(line))[:500]
