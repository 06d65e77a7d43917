"""Light pages: pictures in few characters, maps with no more than their frames show."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from borderbook.figures import images, svg_minify, topojson
from borderbook.figures.topojson import Point, Shapes
from helpers import boundaries

PLACES = st.floats(-500, 500).map(lambda number: round(number, 3))
LINES = st.lists(st.tuples(PLACES, PLACES), min_size=2, max_size=12)


def places(path: str) -> list[Point]:
    """Return the points of a path that moves once and then makes steps."""
    numbers = [float(n) for n in re.findall(r"-?(?:\d+(?:\.\d)?|\.\d)", path)]
    x = y = 0.0
    found = []
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        found.append((x, y))
    return found


@given(LINES)
def test_a_path_of_steps_goes_where_the_path_went(line: list[Point]) -> None:
    path = "M" + "L".join(f"{x},{y}" for x, y in line)
    short = svg_minify.lighter(f'<path d="{path}"/>')

    expected = [line[0]]
    for point in line[1:]:
        if [round(10 * p) for p in point] != [round(10 * p) for p in expected[-1]]:
            expected.append(point)
    found = places(short)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=0.0501)
    assert len(short) <= len(f'<path d="{path}"/>') + len(line), "a sign more a point at most"


def test_a_light_picture_keeps_what_is_seen() -> None:
    heavy = (
        '<svg class="marks"><g fill="none"><path class="background" d="M0,0h9v9h-9Z"/>'
        '<path class="background" d="M0,0h9v9h-9Z" fill="#ffffff"/>'
        '<g pointer-events="none"><text transform="translate(1.23456,-7)" font-family="A, B" '
        'opacity="1">x</text><text font-family="A, B" fill-opacity="1">y</text></g>'
        '<path class="foreground" d="" display="none"/></g></svg>'
    )
    assert svg_minify.lighter(heavy) == (
        '<svg font-family="A, B" class="marks"><g fill="none">'
        '<path class="background" d="M0,0h9v9h-9Z" fill="#ffffff"/>'
        '<text transform="translate(1.2,-7)">x</text>'
        '<text fill-opacity="1">y</text></g></svg>'
    )


def test_a_light_picture_looks_to_the_pixel_as_before() -> None:
    """Groups that do nothing are left out, also around others that move or paint."""
    ink = "<g><g class='a'>{}<g transform='translate(0,0)'>{}</g></g></g>".replace("'", '"')
    moved = '<g class="b" transform="translate(20,9)" fill="#b4451f">{}</g>'
    box = '<rect width="8" height="8"/>'
    heavy = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f"{ink.format(moved.format(ink.format(box, moved.format(box))), box)}</svg>"
    )
    light = svg_minify.lighter(heavy)
    assert light.count("<g") == 2
    assert images.raster(light) == images.raster(heavy)


@given(LINES, st.floats(0.1, 100))
def test_a_thinned_line_is_nowhere_far_from_what_it_was(line: list[Point], least: float) -> None:
    kept = topojson.thinned(line, least)

    assert (kept[0], kept[-1]) == (0, len(line) - 1)
    for start, end in pairwise(kept):
        for point in line[start + 1 : end]:
            assert topojson._off(point, line[start], line[end]) <= least


@pytest.fixture(scope="module")
def omsk() -> dict[str, Any]:
    shown = topojson.outlines(boundaries.shapes())["RU-OMS"]
    points = [boundaries.PROJECTION(point) for ring in shown for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    frame = (min(xs), min(ys), max(xs), max(ys))
    return topojson.framed(boundaries.shapes(), boundaries.PROJECTION, frame, 0.001)


def test_a_frame_shows_a_region_and_those_around_it(omsk: dict[str, Any]) -> None:
    whole = boundaries.shapes().topology
    shown = set(topojson.outlines(Shapes(omsk, "regions", "region")))

    assert {"RU-OMS", "RU-TYU", "RU-NVS", "KZ-59"} <= shown
    assert not {"RU-PRI", "RU-KGD", "KZ-23"} & shown
    assert sum(map(len, omsk["arcs"])) < sum(map(len, whole["arcs"])) / 4


def test_neighbours_in_a_frame_share_their_border(omsk: dict[str, Any]) -> None:
    used = [
        index
        for shape in omsk["objects"]["regions"]["geometries"]
        for polygon in shape["arcs"]
        for ring in polygon
        for index in ring
    ]
    assert {max(i, ~i) for i in used} == set(range(len(omsk["arcs"])))
    assert any(~index in used for index in used)
    rings = topojson.outlines(Shapes(omsk, "regions", "region"))
    assert all(ring[0] == pytest.approx(ring[-1]) for shape in rings.values() for ring in shape)
