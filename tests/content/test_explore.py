"""A reader's choice of regions, years and indicator: what the browser makes of it."""

from __future__ import annotations

import csv
import io
import math
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page

from borderbook import formatting
from borderbook.figures import explorer, images
from borderbook.figures.charts import Chart
from borderbook.figures.explorer import Indicator
from helpers import boundaries, indicators, regions
from helpers.gross_product import measures as gross_product
from helpers.regions import OKRUGS
from helpers.small_enterprises import exhibits
from helpers.small_enterprises import measures as small
from tests.looking import axe_faults, watched
from tests.real_book import GrossProduct, SmallEnterprises

SMALL, PRODUCT = "small-enterprises", "gross-product"
CODES = list(regions.subjects().index)
PAPERS = list(SmallEnterprises().group.codes)
COMPUTED = """async ([spec, choices]) => {
  const { draw, read } = window.borderbook;
  const drawing = document.querySelector("#explorer .drawing.wide");
  const view = await draw(drawing, spec ?? await read(drawing));
  const marks = (mark) => mark.name === "shares_marks"
    ? mark.items.map(({ datum }) => [datum.year, datum.share])
    : (mark.items ?? []).flatMap(marks);
  const shares = [];
  for (const choice of choices) {
    for (const [name, value] of Object.entries(choice)) view.signal(name, value);
    await view.runAsync();
    shares.push(marks(view.scenegraph().root));
  }
  return shares;
}"""


def offered(section: str) -> dict[str, pd.Series | pd.DataFrame]:
    """Return what a page's indicators are shares of: the figures, or for GDP its own whole."""
    if section == SMALL:
        return {m.title.split()[0].lower(): small.series(m.row) for m in small.MEASURES}
    product = gross_product.gross_regional_product()
    return {"grp": product, "gdp": product}


def expected(section: str, choice: dict[str, Any]) -> dict[int, float]:
    """Return the shares of a choice as `helpers.indicators` has them, by year."""
    figures = offered(section)[choice["indicator"]]
    share = indicators.group_share(figures, choice["chosen"])
    if choice["indicator"] == "gdp":
        total = indicators.group_total(figures, choice["chosen"])
        share = indicators.share(total, gross_product.gross_domestic_product())
    held = share.dropna().loc[choice["first"] : choice["last"]]
    return {int(str(year)): float(value) for year, value in held.items()}


def at_random(section: str, many: int) -> list[dict[str, Any]]:
    """Return choices: regions of any number, each second with the okrugs, years, an indicator."""
    draw = random.Random(section)
    p = SmallEnterprises() if section == SMALL else GrossProduct()
    choices = []
    for number in range(many):
        chosen = set(draw.sample(CODES, draw.randint(1, len(CODES)))) - set(OKRUGS)
        chosen |= set(OKRUGS) if number % 2 else {draw.choice(PAPERS)}
        first, last = sorted(draw.choices(p.years, k=2))
        names = list(offered(section))
        choices.append(
            {
                "chosen": [code for code in CODES if code in chosen],
                "indicator": names[number % len(names)],
                "first": first,
                "last": last,
            }
        )
    return choices


def computed(page: Page, choices: list[dict[str, Any]], spec: Any = None) -> list[dict[int, float]]:
    """Return the shares that the marks of the chart stand for, one choice after the other."""
    page.wait_for_function("window.borderbook")
    return [dict(pairs) for pairs in page.evaluate(COMPUTED, [spec, choices])]


@pytest.mark.parametrize("section", [SMALL, PRODUCT])
def test_the_browser_computes_what_the_indicators_say(
    page: Page, address: str, section: str
) -> None:
    page.goto(f"{address}/book/{section}.html")
    choices = at_random(section, 60)
    found = computed(page, choices)
    assert any(len(shares) > 1 for shares in found)
    for choice, shares in zip(choices, found, strict=True):
        assert shares == pytest.approx(expected(section, choice), rel=1e-9), choice


def test_a_missing_figure_is_a_gap_and_the_sum_stands_in_for_a_missing_total(
    page: Page, address: str
) -> None:
    figures = pd.DataFrame(
        {
            "RU": [20.0, math.nan, math.nan, 20.0, 20.0, 20.0],
            "RU-AL": [4.0, 4.0, 4.0, math.nan, 4.0, 6.0],
            "RU-OMS": [5.0, 5.0, math.nan, 5.0, 5.0, 0.0],
            "RU-TOM": [6.0, 7.0, 6.0, 6.0, math.nan, 6.0],
        },
        index=range(2010, 2016),
    )
    drawing = explorer.explorer(
        [Indicator("i", "Title", "%", 1, figures, lambda _: "all")],
        boundaries.shapes(),
        boundaries.PROJECTION,
        {code: code for code in figures.columns if code != "RU"},
        total="RU",
        alternative="",
        chosen=["RU-AL"],
        first=2010,
        last=2015,
        together={},
    )
    spec = Chart("explorer", "", drawing).spec()
    chosen = [["RU-AL"], ["RU-OMS"], ["RU-AL", "RU-OMS"], ["RU-AL", "RU-OMS", "RU-TOM"], []]
    page.goto(f"{address}/book/{SMALL}.html")
    found = computed(page, [{"chosen": codes} for codes in chosen], spec)

    assert found[0] == {2010: 20, 2011: 25, 2014: 20, 2015: 30}
    assert found[-1] == {}
    for codes, shares in zip(chosen[:-1], found, strict=False):
        held = indicators.group_share(figures, codes).dropna()
        assert shares == pytest.approx({int(str(y)): v for y, v in held.items()}, rel=1e-9)


@pytest.mark.parametrize("narrow", [False, True])
def test_the_picture_of_the_build_has_the_share_that_the_headline_tells(narrow: bool) -> None:
    chart = exhibits.explorer(SmallEnterprises(neighbour="CN"))
    group = SmallEnterprises(neighbour="CN").group
    share = indicators.group_share(small.series("small business turnover"), group.codes)[2022]
    text = formatting.number(share, 2)
    assert f"{text} %" in chart.title
    drawn = images.svg(chart.spec(), narrow=narrow, bare=True)
    assert f">{text}</text>" in drawn
    assert drawn.count('fill="#b4451f" stroke="#ffffff"') == len(group.codes)


def test_an_explorer_refuses_figures_of_other_regions() -> None:
    figures = pd.DataFrame({"RU": [1.0], "RU-AL": [1.0]}, index=[2017])
    with pytest.raises(ValueError, match="not those of the regions"):
        explorer.explorer(
            [Indicator("i", "Title", "%", 1, figures, lambda _: "all")],
            boundaries.shapes(),
            boundaries.PROJECTION,
            {"RU-AL": "Altai Republic", "RU-OMS": "Omsk Oblast"},
            total="RU",
            alternative="",
            chosen=["RU-AL"],
            first=2017,
            last=2017,
            together={},
        )


# What a reader does


def open_at(page: Page, url: str) -> None:
    """Go to a page and on to its explorer, and wait until it can be used."""
    page.goto(url)
    page.mouse.move(200, 200)
    page.locator("#explorer").scroll_into_view_if_needed()
    assert status(page, "regions:")


def status(page: Page, has: str = "") -> str:
    """Return the status once it has a text: the address tells of a choice before it is drawn."""
    found = page.locator("#explorer .explore [role=status]").filter(has_text=has)
    found.wait_for()
    return found.inner_text()


def told(section: str, codes: list[str], indicator: str, years: tuple[int, int]) -> str:
    """Return how the status ends for a choice: first and last share with their years."""
    shares = expected(
        section, {"chosen": codes, "indicator": indicator, "first": years[0], "last": years[1]}
    )
    digits = 2 if section == SMALL else 1
    ends = [min(shares), max(shares)]
    return ", ".join(f"{formatting.number(shares[year], digits)} in {year}" for year in ends)


def rows(page: Page) -> list[list[str]]:
    """Return the texts of the table, its head first."""
    found: list[list[str]] = page.locator("#explorer .explore table").evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return found


def test_a_click_on_the_map_takes_a_region_in_or_out(page: Page, address: str) -> None:
    said, _ = watched(page)
    open_at(page, f"{address}/book/{SMALL}.html")
    assert status(page, "12 of 83 regions").endswith(
        f"{told(SMALL, PAPERS, 'turnover', (2010, 2022))}."
    )

    omsk = page.locator("#explorer .wide .mark-shape path").nth(
        [s["properties"]["region"] for s in drawn(page)].index("RU-OMS")
    )
    assert omsk.get_attribute("fill") == "#b4451f"
    omsk.click()
    page.wait_for_url("**/*regions=*")
    without = [code for code in PAPERS if code != "RU-OMS"]
    assert status(page, "11 of 83 regions").endswith(
        f"{told(SMALL, without, 'turnover', (2010, 2022))}."
    )
    assert omsk.get_attribute("fill") == "#e3e5e8"
    assert not page.get_by_label("Omsk Oblast", exact=True).is_checked()
    omsk.click()
    page.wait_for_url(f"{address}/book/{SMALL}.html")
    assert said == []


def test_what_is_shown_now_is_there_as_csv(page: Page, address: str) -> None:
    open_at(page, f"{address}/book/{SMALL}.html?regions=RU-OMS,RU-ALT&years=2014-2016")
    page.locator("#explorer .explore summary", has_text="The shares in numbers").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="These figures as CSV").click()
    head, *lines = csv.reader(io.StringIO(Path(started.value.path()).read_text("utf-8")))
    shown = rows(page)

    assert head[:3] == ["indicator", "regions", "year"]
    assert head[3:] == shown[0][1:]
    assert [line[2:] for line in lines] == [
        [cell if cell != "–" else "" for cell in row] for row in shown[1:]
    ]
    assert {line[2] for line in lines} == {"2014", "2015", "2016"}
    assert {frozenset(line[1].split()) for line in lines} == {frozenset({"RU-OMS", "RU-ALT"})}


def drawn(page: Page) -> list[dict[str, Any]]:
    """Return the shapes of the map as the page's own document has them, in order."""
    shapes: list[dict[str, Any]] = page.evaluate(
        """async () => (await window.borderbook.read(document.querySelector("#explorer .wide")))
          .datasets.outlines.objects.regions.geometries"""
    )
    return shapes


def test_everything_can_be_chosen_by_keyboard(page: Page, address: str) -> None:
    open_at(page, f"{address}/book/{PRODUCT}.html")
    page.get_by_label("Indicator").focus()
    page.keyboard.type("Gross regional product, % of GDP")
    page.keyboard.press("Tab")
    page.keyboard.type("2012")
    page.keyboard.press("Tab")
    page.keyboard.type("2016")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_url("**/*regions=*&indicator=gdp&years=2012-2016")
    codes = [*PAPERS, *OKRUGS]
    shares = told(PRODUCT, codes, "gdp", (2012, 2016))
    assert status(page, "14 of 83 regions").endswith(f"regions: {shares}.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the list of regions opens
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert status(page, "13 of 83 regions")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/book/{PRODUCT}.html")
    assert status(page, "12 of 83 regions")


def test_the_address_brings_a_choice_back(page: Page, address: str) -> None:
    query = "regions=RU-CHE,RU-OMS&indicator=number&years=2011-2015"
    page.goto(f"{address}/book/{SMALL}.html?{query}")
    assert status(page, "2 of 83 regions")
    shares = told(SMALL, ["RU-CHE", "RU-OMS"], "number", (2011, 2015))
    assert status(page) == f"Number of enterprises, % of Russia, 2 of 83 regions: {shares}."
    table = rows(page)
    assert table[0] == ["Year", "Share, %", "Printed, %"]
    assert [row[0] for row in table[1:]] == ["2011", "2012", "2013", "2014", "2015"]
    assert table[4] == ["2014", formatting.MISSING, "17.17"], (
        "not in the data by region, but printed"
    )
    assert page.get_by_label("Chelyabinsk Oblast").is_checked()
    assert page.get_by_label("Indicator").input_value() == "number"

    page.get_by_role("combobox", name="To", exact=True).select_option("2013")
    page.wait_for_url(f"**/{SMALL}.html?{query.replace('2015', '2013')}")


def test_an_address_that_cannot_be_had_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/book/{SMALL}.html?regions=RU-XX&indicator=turnover&years=1990-2017")
    assert status(page, "regions:")
    assert status(page, "12 of 83 regions").endswith("not here: regions=RU-XX, years=1990-2017.")


def test_the_narrow_drawing_takes_the_choice_over(page: Page, address: str) -> None:
    page.goto(f"{address}/book/{SMALL}.html?regions=RU-CHE")
    assert status(page, "1 of 83")
    page.set_viewport_size({"width": 390, "height": 900})
    page.mouse.move(200, 200)
    page.locator("#explorer .narrow").scroll_into_view_if_needed()
    page.locator("#explorer .narrow.live").wait_for()
    strong = page.locator("#explorer .narrow .mark-shape path[fill='#b4451f']")
    page.wait_for_function("e => e.closest('.live')", arg=strong.first.element_handle())
    assert strong.count() == 1


def test_the_controls_are_accessible_wherever_they_are_shown(page: Page, address: str) -> None:
    open_at(page, f"{address}/book/{SMALL}.html")
    for summary in page.locator("#explorer .explore summary").all():
        summary.click()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert axe_faults(page, "#explorer") == [], (width, scheme)
    page.emulate_media(media="print")
    assert not page.locator("#explorer .explore").is_visible()


def test_without_scripts_the_picture_stands_and_nothing_asks_to_be_used(
    without_scripts: Page, address: str
) -> None:
    page = without_scripts
    page.goto(f"{address}/book/{SMALL}.html?regions=RU-CHE")
    assert page.locator("#explorer .drawing.wide svg").is_visible()
    assert not page.locator("#explorer .explore").is_visible()
