"""The harbour's own Celery application."""

from __future__ import annotations

from celery import Celery

app = Celery("harbour", broker="memory://")
app.set_default()


@app.task(name="harbour.tide")  # type: ignore[untyped-decorator]
def tide() -> str:
    """The one thing the harbour does in the background."""
    return "high"
