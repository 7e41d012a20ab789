"""The REST interface: its base classes, and the routes of core.

A package with routes of its own has a module ``api/urls.py`` beside its ``apps.py`` and builds on these: `views`
(`WebnetAPIView`, `WebnetViewSet`), `fields` (`Body`, `Query`, `PageQuery`, `Answer`, `RowAnswer`, strict fields),
`schema.answers`, `routes` (`route`, `crud`) and `pagination`.

This room is larger than the others because the bodies and answers of every route are declared here, where one reader
finds the whole contract; what the routes do is in the rooms below.
"""

from __future__ import annotations
