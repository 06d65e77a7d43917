"""The boundaries of regions on maps, and the projection in which they are drawn."""

from __future__ import annotations

from borderbook.datapackage import resources
from borderbook.figures.maps import Conic
from borderbook.figures.topojson import Shapes

PROJECTION = Conic(parallels=(52.0, 64.0), meridian=100.0)


def shapes() -> Shapes:
    """Return the shapes of all regions, each named by its code."""
    return Shapes(resources.load_json("boundaries"), "regions", "region")
