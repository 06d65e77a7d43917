"""The MIME types in which a notebook's displays carry their meaning."""

from __future__ import annotations

TABLE = "application/vnd.dataresource+json"
"""A table: rows with a Table Schema."""
CHART = "application/vnd.vegalite.v6+json"
"""A chart or map: a Vega-Lite specification, with title, description and sources in `usermeta`."""
CLAIM = "application/vnd.borderbook.claim+json"
"""Records of claims with their verdicts."""
VALUE = "application/papermill.record/text/plain"
"""A value for the text, as MyST-NB's `glue` hands it over: what Python's `repr` writes of it."""
LABORATORY = "application/vnd.vegalite.v5+json"
"""A chart too: JupyterLab 4 draws Vega-Lite under this type only; the same document serves it."""
CHARTS = (CHART, "application/vnd.vegalite.v6.json", LABORATORY, "application/vnd.vegalite.v5.json")
"""The types under which tools show a chart; the first that is there counts."""
