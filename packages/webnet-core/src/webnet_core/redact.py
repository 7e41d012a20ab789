"""Take live secrets out of text before anybody reads it: logs, job events, audit, error messages. Imports no Django."""

from __future__ import annotations

import json
import logging
import re
import threading
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

MASK = "********"
MIN_LENGTH = 4
LOGGERS = ("webnet", "nornir", "netmiko", "paramiko")
_OURS = re.compile(r"(webnet|nornir|netmiko|paramiko|napalm|scrapli|ncclient)(_\w+)?(\.|\Z)")


class Redactor:
    """Knows the secret values in use and replaces them in text. Safe for use from several threads.

    Args:
        min_length: Shorter values are not looked for: masking every "a" would make a log unreadable and say little
            about the secret.
    """

    def __init__(self, *, min_length: int = MIN_LENGTH) -> None:
        self._min_length = min_length
        self._lock = threading.Lock()
        self._uses: Counter[str] = Counter()
        self._longest_first: tuple[str, ...] = ()

    def add(self, *values: str | None) -> None:
        """Look for `values` from now on; several uses of one value are counted."""
        with self._lock:
            self._uses.update(self._spellings(values))
            self._refresh()

    def discard(self, *values: str | None) -> None:
        """Forget `values` once each; a value that somebody else still uses stays masked."""
        with self._lock:
            self._uses -= Counter(self._spellings(values))
            self._refresh()

    def clean(self, text: str) -> str:
        """Return `text` with every known secret value masked, however it is escaped."""
        for secret in self._longest_first:
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def clean_value(self, value: Any) -> Any:
        """Like `clean`, for anything that is logged: looks into mappings, lists and tuples, and at an object's text."""
        if not self._longest_first or value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {key: self.clean_value(item) for key, item in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self.clean_value(item) for item in value)
        text = str(value)
        cleaned = self.clean(text)
        return value if cleaned == text else cleaned

    def _spellings(self, values: Iterable[str | None]) -> set[str]:
        # A private key is logged line by line, so each of its lines is a secret too; its BEGIN and END lines are not.
        parts = {part.strip() for value in values if value for part in (value, *value.splitlines())}
        parts = {part for part in parts if len(part) >= self._min_length and ("\n" in part or part[:5] != "-----")}
        return {
            spelling
            for part in parts
            for spelling in (part, repr(part)[1:-1], json.dumps(part)[1:-1], quote(part, safe=""))
        }

    def _refresh(self) -> None:
        self._longest_first = tuple(sorted(self._uses, key=len, reverse=True))


class RedactionFilter(logging.Filter):
    """Logging filter that masks live secrets in message, arguments and exception text. It never drops a record."""

    def __init__(self, redactor: Redactor | None = None) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean `record` in place and let it pass."""
        redactor = self._redactor or current()
        record.msg = redactor.clean_value(record.msg)
        if isinstance(record.args, Mapping):
            record.args = redactor.clean_value(record.args)
        elif record.args:
            record.args = tuple(redactor.clean_value(argument) for argument in record.args)
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        if record.exc_text:
            record.exc_text = redactor.clean(record.exc_text)
        if record.stack_info:
            record.stack_info = redactor.clean(record.stack_info)
        return True


_current = Redactor()


def current() -> Redactor:
    """The process's redactor, fed with each secret for as long as it is decrypted."""
    return _current


def install_filter() -> None:
    """Clean all that webnet and the libraries that speak with devices log; a second call changes nothing.

    The filter stands on the loggers themselves, and for their children (``paramiko.transport``), whom a logger's filter
    does not reach, where records are made. The site's LOGGING stays as it is.
    """
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(present, RedactionFilter) for present in logger.filters):
            logger.addFilter(RedactionFilter())
    make = logging.getLogRecordFactory()
    if not isinstance(make, _CleanRecords):
        logging.setLogRecordFactory(_CleanRecords(make))


class _CleanRecords:
    """A record factory in front of the site's own."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self._filter = RedactionFilter()

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._make(name, *args, **kwargs)
        if _OURS.match(name):
            self._filter.filter(record)
        return record
