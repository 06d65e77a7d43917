"""How results look: accessible tables, valid charts, words that carry the same numbers."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair as alt
import html5lib
import pandas as pd
import pytest
import vl_convert

from borderbook import formatting, mime
from borderbook.datapackage.resources import Source
from borderbook.figures import charts, images, maps, palette, tables
from borderbook.figures.charts import Chart, Drawing, Series
from borderbook.figures.merge_patch import merged
from borderbook.figures.tables import Column, Table
from borderbook.figures.topojson import Shapes
from borderbook.site import assets

THIN, MINUS, DASH = "\u202f", "\u2212", "\u2013"
SOURCE = Source("Rosstat: Regions <of> Russia (2022)", "small_enterprises")


def parsed(html: str) -> ElementTree.Element:
    """Return HTML as a tree; html5lib in strict mode stops at anything that is not HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(f"<!doctype html><title>t</title>{html}")


def text(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


@pytest.fixture
def table() -> Table:
    rows = pd.DataFrame(
        {
            "region": ["Omsk Oblast", "Altai <Krai>", "Perm & Co"],
            "printed": ["17.0", "16.64", ""],
            "value": [-1234.565, 1234567.8, math.nan],
            "change": [0.25, -0.25, 0.0],
            "unused": [1, 2, 3],
        }
    )
    return Table(
        "example",
        "A <headline>",
        rows,
        [
            Column("region", "Region"),
            Column("printed", "Printed", "%", role="printed"),
            Column("value", "Value", "million RUB", digits=2, role="computed", group="2017"),
            Column("change", "Change", "points", digits=1, signed=True, group="2017"),
        ],
        "Measure, place & period",
        ["A note with a < sign."],
        [SOURCE],
    )


# Tables


def test_a_table_is_valid_html_with_caption_and_scopes(table: Table) -> None:
    tree = parsed(tables.html(table.resource()))

    caption = tree.find(".//table/caption")
    assert caption is not None
    assert text(caption) == "A <headline>Measure, place & period"
    assert {th.get("scope") for th in tree.iter("th")} == {"col", "colgroup", "row"}
    rows = tree.findall(".//tbody/tr")
    assert len(rows) == 3
    for row in rows:
        assert [cell.tag for cell in row] == ["th", "td", "td", "td"]
        assert row[0].get("scope") == "row"
    figure = tree.find(".//figure")
    assert figure is not None
    assert figure.get("id") == "example"
    region = tree.find(".//div[@role='region']")
    assert region is not None
    assert region.get("aria-labelledby") == caption.get("id")
    assert region.get("tabindex") == "0", "a table that scrolls can be reached by keyboard"


def test_units_stand_in_the_head_and_heads_cover_every_column(table: Table) -> None:
    tree = parsed(tables.html(table.resource()))
    upper, lower = tree.findall(".//thead/tr")

    assert [text(th) for th in upper] == ["Region", "Printed%", "2017"]
    assert [text(th) for th in lower] == ["Valuemillion RUB", "Changepoints"]
    assert [span.text for span in tree.findall(".//thead//span[@class='unit']")] == [
        "%",
        "million RUB",
        "points",
    ]
    assert sum(int(th.get("colspan", "1")) for th in upper) == 4
    assert [th.get("rowspan") for th in upper] == ["2", "2", None]
    assert upper[2].get("colspan") == "2"


def test_numbers_have_thin_spaces_a_true_minus_and_a_dash_for_what_is_missing(
    table: Table,
) -> None:
    tree = parsed(tables.html(table.resource()))
    cells = [[text(cell) for cell in row] for row in tree.findall(".//tbody/tr")]

    assert [row[0] for row in cells] == ["Omsk Oblast", "Altai <Krai>", "Perm & Co"]
    assert [row[2] for row in cells] == [f"{MINUS}1{THIN}234.57", f"1{THIN}234{THIN}567.80", DASH]
    assert [row[3] for row in cells] == ["+0.3", f"{MINUS}0.3", "0.0"]
    assert [row[1].strip("\u2007\u2008") for row in cells] == ["17.0", "16.64", DASH]


def test_every_cell_of_numbers_has_the_class_that_aligns_it(table: Table) -> None:
    tree = parsed(tables.html(table.resource()))

    for row in tree.findall(".//tbody/tr"):
        kinds = [cell.get("class", "").split() for cell in row]
        assert "text" in kinds[0]
        assert all("number" in kind for kind in kinds[1:])
        assert "printed" in kinds[1]
        assert "computed" in kinds[2]


def test_decimal_points_of_a_column_stand_below_each_other(table: Table) -> None:
    """Figure and punctuation spaces are as wide as what they stand for."""
    tree = parsed(tables.html(table.resource()))
    printed = [text(row[1]) for row in tree.findall(".//tbody/tr")]
    tails = {len(cell) - re.search(r"[.\u2008]", cell).start() for cell in printed[:2]}  # type: ignore[union-attr]

    assert tails == {3}


def test_the_source_line_leads_to_the_source(table: Table) -> None:
    tree = parsed(tables.html(table.resource()))
    line = tree.find(".//p[@class='source']")
    assert line is not None
    link = line.find("a")
    assert link is not None

    assert text(line) == "Source: Rosstat: Regions <of> Russia (2022)."
    assert link.get("href") == "data.html#small_enterprises"
    assert [text(p) for p in tree.findall(".//p[@class='note']")] == ["A note with a < sign."]


def test_the_three_forms_of_a_table_hold_the_same_rows(table: Table) -> None:
    bundle = table._repr_mimebundle_()
    resource = bundle[mime.TABLE]

    assert list(bundle) == [mime.TABLE, "text/html", "text/plain"]
    assert json.loads(json.dumps(resource, allow_nan=False)) == resource
    assert [list(row) for row in resource["data"]] == [["region", "printed", "value", "change"]] * 3
    assert resource["data"][0]["value"] == -1234.565
    assert resource["data"][2]["value"] is None
    units = {field["name"]: field["unit"] for field in resource["schema"]["fields"]}
    assert units == {"region": "", "printed": "%", "value": "million RUB", "change": "points"}
    assert resource["sources"] == [{"title": SOURCE.title, "resource": SOURCE.resource}]
    tree = parsed(bundle["text/html"])
    for row in tree.findall(".//tbody/tr"):
        for cell in row:
            assert text(cell).strip("\u2007\u2008") in bundle["text/plain"]


def test_the_csv_of_a_table_is_its_rows(table: Table) -> None:
    resource = table.resource()
    rows = list(csv.DictReader(io.StringIO(tables.to_csv(resource))))

    assert [row["region"] for row in rows] == ["Omsk Oblast", "Altai <Krai>", "Perm & Co"]
    assert [row["printed"] for row in rows] == ["17.0", "16.64", ""]
    assert [float(row["value"]) for row in rows[:2]] == [-1234.565, 1234567.8]
    assert rows[2]["value"] == ""


def test_a_cell_can_lead_to_its_claim() -> None:
    rows = pd.DataFrame({"claim": ["R & D"], "address": ["claims.html#a&b"]})
    tree = parsed(
        tables.html(Table("t", "T", rows, [Column("claim", "Claim", link="address")]).resource())
    )
    link = tree.find(".//tbody//a")
    assert link is not None

    assert link.get("href") == "claims.html#a&b"
    assert link.text == "R & D"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (0.1 + 0.2, 0.3),
        (1 / 3, 0.333333333333),
        (123456789012345.678, 123456789012000.0),
        (-0.0, -0.0),
    ],
)
def test_numbers_are_kept_to_12_significant_digits(value: float, plain: float) -> None:
    rows = pd.DataFrame({"a": ["x"], "v": [value]})
    resource = Table("t", "T", rows, [Column("a", "A"), Column("v", "V", digits=1)]).resource()

    assert resource["data"][0]["v"] == plain


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (2.675, 2, "2.68"),
        (0.5, 0, "1"),
        (-0.5, 0, f"{MINUS}1"),
        (-0.04, 1, "0.0"),
        (999.95, 1, f"1{THIN}000.0"),
        (1e9, 0, f"1{THIN}000{THIN}000{THIN}000"),
        (math.nan, 2, DASH),
        (None, 2, DASH),
    ],
)
def test_numbers_in_words_round_half_up(value: float | None, digits: int, shown: str) -> None:
    assert formatting.number(value, digits) == shown


# Charts


@pytest.fixture
def line_rows() -> pd.DataFrame:
    values = {2014: 14.03, 2015: 13.73, 2016: 12.56, 2017: 12.29, 2018: math.nan, 2019: 12.5}
    segments = {2014: "a", 2015: "b", 2016: "c", 2017: "c", 2018: "c", 2019: "d"}
    return pd.DataFrame(
        [
            {"series": name, "year": y, "value": v + shift, "segment": segments[y]}
            for name, shift in (("Turnover", 0), ("Employees", 3))
            for y, v in values.items()
        ]
    )


def line_chart(rows: pd.DataFrame, **options: Any) -> Chart:
    series = [Series("Turnover"), Series("Employees", "#8a8f98")]
    drawing = charts.lines(rows, series, unit="% of Russia", **options)
    return Chart("example", "Headline", drawing, "Sub", ["Note"], [SOURCE])


def bar_chart(**options: Any) -> Chart:
    rows = pd.DataFrame(
        {"label": ["Omsk", "Altai", "Perm"], "value": [-12.5, 30.25, math.nan], "colour": "#111111"}
    )
    return Chart("bars", "Headline", charts.bars(rows, unit="%", digits=2, signed=True, **options))


def layers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return every single view of a specification."""
    parts = [part for kind in ("layer", "concat") for part in spec.get(kind, [])]
    if not parts:
        yield spec
    for part in parts:
        inherited = {"data": spec["data"]} if "data" in spec and "data" not in part else {}
        yield from layers({**inherited, **part})


@pytest.mark.parametrize("panels", [False, True])
@pytest.mark.parametrize("narrow", [False, True])
def test_a_line_chart_is_valid_vega_lite_wide_and_narrow(
    line_rows: pd.DataFrame, panels: bool, narrow: bool
) -> None:
    spec = line_chart(line_rows, panels=panels, breaks={2015.5: "register"}).spec()

    document = merged(spec, spec["usermeta"]["narrow"]) if narrow else spec
    assert alt.Chart.from_dict(document).to_dict(validate=True)["$schema"].endswith("v6.4.1.json")
    assert "Headline" in vl_convert.vegalite_to_svg(document, vl_version="6.4")


@pytest.mark.parametrize("narrow", [False, True])
def test_bars_are_valid_vega_lite(narrow: bool) -> None:
    spec = bar_chart(rule=20.0, rule_label="line").spec()

    document = merged(spec, spec["usermeta"]["narrow"]) if narrow else spec
    alt.Chart.from_dict(document).to_dict(validate=True)


def test_a_chart_carries_its_meaning(line_rows: pd.DataFrame) -> None:
    chart = line_chart(line_rows)
    bundle = chart._repr_mimebundle_()
    spec = bundle[mime.CHART]

    assert spec["usermeta"]["title"] == spec["title"]["text"] == "Headline"
    assert spec["usermeta"]["subtitle"] == spec["title"]["subtitle"] == "Sub"
    assert spec["usermeta"]["description"] == spec["description"] == chart.drawing.alternative
    assert spec["usermeta"]["notes"] == ["Note"]
    assert spec["usermeta"]["sources"] == [{"title": SOURCE.title, "resource": SOURCE.resource}]
    assert bundle["text/plain"] == f"Headline\nSub\n{chart.drawing.alternative}"
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec


def test_the_same_chart_is_the_same_document(line_rows: pd.DataFrame) -> None:
    first, second = line_chart(line_rows), line_chart(line_rows.copy())

    assert json.dumps(first.spec()) == json.dumps(second.spec())


@pytest.mark.parametrize("panels", [False, True])
def test_no_line_crosses_a_break_or_a_gap(line_rows: pd.DataFrame, panels: bool) -> None:
    """Lines are drawn per segment: no path of the picture spans years of two segments."""
    spec = line_chart(line_rows, panels=panels).spec()

    drawn = [view for view in layers(spec) if view["mark"]["type"] == "line"]
    assert drawn
    for view in drawn:
        assert {channel["field"] for channel in view["encoding"]["detail"]} >= {"segment"}
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    paths = re.findall(r'aria-roledescription="line mark"[^>]* d="([^"]*)"', svg)
    joined = [path.count("L") for path in paths]
    assert len(joined) == 8, "four segments of two series"
    assert max(joined) == 1, "the years 2016 and 2017 are joined, and no others"


def test_a_picture_does_not_depend_on_the_pictures_drawn_before(line_rows: pd.DataFrame) -> None:
    spec = Chart("map", "Headline", two_squares()).spec()
    first = images.svg(spec)
    images.svg(line_chart(line_rows).spec())

    assert "clip-path" in first
    assert images.svg(spec) == first


def test_a_gap_is_not_drawn(line_rows: pd.DataFrame) -> None:
    spec = line_chart(line_rows).spec()
    drawn = [row["year"] for rows in spec["datasets"].values() for row in rows if "segment" in row]

    assert 2018 not in drawn
    assert 2017 in drawn


def test_the_alternative_of_lines_has_every_number_and_break(line_rows: pd.DataFrame) -> None:
    chart = line_chart(line_rows, breaks={2015: "complete survey", 2015.5: "register"})
    told = chart.drawing.alternative

    known = line_rows.dropna()
    for row in known.to_dict("records"):
        assert f"{row['year']} {formatting.number(row['value'], 2)}" in told
    assert "2018" not in told
    assert "2015 (complete survey)" in told
    assert "2015 to 2016 (register)" in told
    assert "% of Russia" in told


def test_printed_values_are_hollow_marks_and_said_to_be(line_rows: pd.DataFrame) -> None:
    printed = pd.DataFrame({"series": ["Turnover"], "year": [2016], "value": [12.6]})
    chart = line_chart(line_rows, printed=printed)

    points = [view["mark"] for view in layers(chart.spec()) if view["mark"]["type"] == "point"]
    assert sorted(bool(mark.get("filled")) for mark in points) == [False, True]
    assert "Hollow marks" in chart.drawing.alternative
    assert "Hollow marks" not in line_chart(line_rows).drawing.alternative


def test_a_series_without_a_figure_is_said_to_have_none(line_rows: pd.DataFrame) -> None:
    rows = line_rows[line_rows["series"] == "Turnover"]

    assert "Employees: no figure." in line_chart(rows).drawing.alternative


def test_bars_start_at_zero_and_show_their_values() -> None:
    chart = bar_chart(rule=20.0, rule_label="the line")
    spec = chart.spec()
    bar = next(view for view in layers(spec) if view["mark"]["type"] == "bar")
    low, high = bar["encoding"]["x"]["scale"]["domain"]
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")

    assert low <= -12.5
    assert high >= 30.25
    for shown in (f"{MINUS}12.50", "+30.25", "the line"):
        assert f">{shown}<" in svg
    assert f"Omsk {MINUS}12.50, Altai +30.25." in chart.drawing.alternative
    assert "20.00: the line" in chart.drawing.alternative
    assert "No figure: Perm." in chart.drawing.alternative


@pytest.mark.parametrize("low", [5.0, -5.0])
def test_the_scale_of_bars_includes_zero(low: float) -> None:
    rows = pd.DataFrame({"label": ["a", "b"], "value": [low, 2 * low], "colour": "#111111"})
    bar = next(layers(charts.bars(rows, unit="%").view.to_dict()))
    start, end = bar["encoding"]["x"]["scale"]["domain"]

    assert start <= 0 <= end


# Colours


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("role", "least"), [("strong", 4.5), ("contrast", 4.5), ("ink", 4.5), ("quiet", 3)]
)
@pytest.mark.parametrize("colours", [palette.NEUTRAL, palette.current()])
def test_colours_are_legible_on_their_ground(
    colours: palette.Palette, role: str, least: float
) -> None:
    on, ground = luminance(getattr(colours, role)), luminance(colours.ground)
    assert (ground + 0.05) / (on + 0.05) >= least


def test_a_book_brings_its_palette_and_one_that_brings_none_has_the_neutral_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line_rows: pd.DataFrame
) -> None:
    own = line_chart(line_rows).spec()["config"]["axis"]["labelColor"]
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path)
    assert palette.current() == palette.NEUTRAL
    (tmp_path / "colours.py").write_text(
        "from borderbook.figures.palette import Palette\n"
        "OURS = Palette('#010101', '#020202', '#030303', '#040404', '#050505', '#060606')\n",
        "utf-8",
    )
    (tmp_path / "pyproject.toml").write_text(
        '[tool.borderbook]\npalette = "colours:OURS"\n', "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    spec = line_chart(line_rows).spec()
    assert own != spec["config"]["axis"]["labelColor"] == "#050505"
    assert '"#010101"' in json.dumps(spec), "a series without a colour is drawn strong"


def test_where_there_is_nothing_to_show_a_table_says_so() -> None:
    columns = [Column("who", "Who"), Column("share", "Share", "%", digits=1)]
    table = tables.nothing("empty", "No figure is here", "Nobody", columns, notes=["Why"])
    tree = parsed(tables.html(table.resource()))

    assert [text(cell) for cell in tree.find(".//tbody/tr") or ()] == ["Nobody", DASH]
    assert table.resource()["data"] == [{"who": "Nobody", "share": None}]


# Maps


CONIC = maps.Conic((52.0, 64.0), 100.0)


def two_squares() -> Drawing:
    """Return a map of two squares of two degrees that share a side, and a third far away."""
    boundaries = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [
            [[62, 50], [0, 2]],
            [[62, 52], [-2, 0], [0, -2], [2, 0]],
            [[62, 52], [2, 0], [0, -2], [-2, 0]],
            [[100, 50], [2, 0], [0, 2], [-2, 0], [0, -2]],
        ],
        "objects": {
            "plots": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "properties": {"plot": "A-WEST"}},
                    {"type": "Polygon", "arcs": [[-1, 2]], "properties": {"plot": "B-EAST"}},
                    {"type": "Polygon", "arcs": [[3]], "properties": {"plot": "C-FAR"}},
                ],
            }
        },
    }
    return maps.highlighted(
        Shapes(boundaries, "plots", "plot"),
        CONIC,
        strong=["A-WEST"],
        contrast=["B-EAST"],
        labels={"A-WEST": ("Western", "W"), "B-EAST": ("Eastern", "E")},
        name=str.lower,
        alternative="Two plots.",
    )


def test_a_map_is_valid_and_holds_the_boundaries_once() -> None:
    spec = Chart("map", "Headline", two_squares()).spec()

    alt.Chart.from_dict(spec).to_dict(validate=True)
    alt.Chart.from_dict(merged(spec, spec["usermeta"]["narrow"])).to_dict(validate=True)
    text = json.dumps(spec)
    assert text.count('"Topology"') == 1
    assert "b-east" in text
    assert "C-FAR" not in text, "no frame shows it"


def test_labels_of_a_map_stand_in_the_picture_and_shapes_have_the_colours_of_their_role() -> None:
    spec = Chart("map", "Headline", two_squares()).spec()
    wide = images.svg(spec)
    small = images.svg(spec, narrow=True)

    assert ">Western<" in wide
    assert ">W<" in small
    for picture in (wide, small):
        for colour in (palette.current().strong, palette.current().contrast):
            assert picture.count(f'fill="{colour}"') == 1


def test_points_are_projected_where_vega_projects_them() -> None:
    places = [(37.6, 55.75), (73.4, 54.99), (100.0, 60.0), (132.0, 43.1), (60.0, 46.0)]
    points = [CONIC(place) for place in places]
    projection = maps._fitted(CONIC, points, 600, 400)
    spec = {
        "width": 600,
        "height": 400,
        "padding": 0,
        "config": {"view": {"stroke": None}},
        "projection": projection,
        "data": {"values": [{"lon": x, "lat": y} for x, y in places]},
        "mark": "circle",
        "encoding": {
            "longitude": {"field": "lon", "type": "quantitative"},
            "latitude": {"field": "lat", "type": "quantitative"},
        },
    }
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    marks = re.findall(
        r'roledescription="circle" transform="translate\(([-\d.e]+),([-\d.e]+)\)"', svg
    )
    drawn = [(float(x), float(y)) for x, y in marks]

    assert len(drawn) == len(places)
    scale, (left, top) = projection["scale"], projection["translate"]
    expected = [(left + scale * x, top + scale * y) for x, y in points]
    assert drawn == [pytest.approx(point, abs=0.01) for point in expected]
    assert min(x for x, _ in drawn) >= 0.05 * 600
    assert max(x for x, _ in drawn) <= 0.95 * 600
    assert min(y for _, y in drawn) >= 0.05 * 400
    assert max(y for _, y in drawn) <= 0.95 * 400


def test_pictures_of_any_palette_follow_a_dark_page_and_paper() -> None:
    dark = replace(palette.NEUTRAL, strong="#abcdef")
    own = replace(palette.NEUTRAL, strong="#123456", dark=dark)
    sheet = assets.palette_sheet(own)

    assert '.drawing [fill="#123456"] { fill: var(--strong); }' in sheet
    assert '.drawing [stroke="#ffffff"] { stroke: var(--paper); }' in sheet
    [on_dark] = re.findall(r'body\[data-theme="dark"\] \{(.*)\}', sheet)
    [paper] = re.findall(r"@media print \{.*?\{(.*?)\}", sheet)
    assert "--strong: #abcdef" in on_dark
    assert "--strong: #123456" in paper
