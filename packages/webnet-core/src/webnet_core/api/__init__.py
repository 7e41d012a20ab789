"""The REST interface: its base classes, and the routes of core.

A package with routes of its own has a module ``api/urls.py`` beside its ``apps.py`` and builds on these: `views`
(`WebnetAPIView`, `WebnetViewSet`), `fields` (`Body`, `Query`, `PageQuery`, `Answer`, `RowAnswer`, strict fields),
`schema.answers`, `routes` (`route`, `crud`) and `pagination`.
"""

from __future__ import annotations
