"""Verdicts as a whole: one rule, one basis, one verdict a number, on every page alike.

What is expected is worked out here from the files, with none of our measures.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from borderbook import notebooks
from borderbook.claims import display, ledger
from borderbook.claims.ledger import Finding
from borderbook.claims.model import claims
from borderbook.parameters.derive import model_of
from helpers.regions import neighbours
from tests import real_book
from tests.content import oracle
from tests.content.oracle import TWELVE


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return {f.claim.id: f for f in ledger.evaluate(real_book.Claims())}


def table(notebook: str, name: str) -> dict[str, Any]:
    """Return a table as the committed notebook holds it."""
    return next(each for each in tables(notebook) if each["name"] == name)


def tables(notebook: str) -> list[dict[str, Any]]:
    outputs = [
        output["data"]
        for cell in notebooks.cells(real_book.ROOT / "book" / f"{notebook}.ipynb")
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    return [data[key] for data in outputs for key in data if "dataresource" in key]


def spread(printed: str) -> tuple[Fraction, Fraction]:
    """Return the ends of what a printed number can stand for."""
    half = Fraction(1, 2 * 10 ** len(printed.partition(".")[2]))
    return Fraction(printed) - half, Fraction(printed) + half


def printed(claim: str) -> str:
    (row,) = oracle.rows("claims", id=claim)
    return row["printed"]


# One rule, and one basis


def turnovers() -> dict[tuple[str, str], Fraction]:
    """Return published turnovers by basis and stretch, billion USD."""
    customs = {
        year: sum(
            Fraction(row["million_usd"]) / 1000
            for row in oracle.rows("trade_by_partner", reporter="RU", partner="WORLD", year=year)
        )
        for year in ("2016", "2017", "2018")
    }
    payments = {
        (row["year"], row["period"]): Fraction(0)
        for row in oracle.rows("russia_totals")
        if row["indicator"].startswith("goods")
    }
    for row in oracle.rows("russia_totals"):
        if row["indicator"].startswith("goods"):
            payments[row["year"], row["period"]] += Fraction(row["value"])
    two = payments["2016", "year"] + payments["2017", "year"]
    half = payments["2018", "Q1"] + payments["2018", "Q2"]
    return {
        ("customs", "2016 to 2018, whole years"): Fraction(sum(customs.values())),
        ("customs", "2016 and 2017"): Fraction(customs["2016"] + customs["2017"]),
        ("balance of payments", "2016, 2017 and the first two quarters of 2018"): two + half,
        ("balance of payments", "2016 and 2017"): two,
    }


def test_a_turnover_is_inside_by_the_printed_total_and_on_its_own_basis() -> None:
    """41.3 of 2.9 per cent is 1,398.3 to 1,450.9; 1,396.6 lies outside."""
    (low, high), (least, most) = (spread(printed(x)) for x in ("trade-total", "kazakhstan-share"))
    shown = {
        (row["basis"], row["stretch"]): row
        for row in table("foreign-trade", "implied-turnover")["data"]
    }
    assert shown.keys() == turnovers().keys()
    for key, turnover in turnovers().items():
        assert shown[key]["turnover"] == pytest.approx(float(turnover)), key
        inside = 100 * low / most < turnover < 100 * high / least
        assert shown[key]["inside"] == ("yes" if inside else "no"), key
    half = shown["balance of payments", "2016, 2017 and the first two quarters of 2018"]
    assert (half["inside"], half["turnover"]) == ("no", pytest.approx(1396.6))


def test_the_ledger_says_of_a_turnover_what_its_table_says(findings: dict[str, Finding]) -> None:
    finding = findings["kazakhstan-share-and-total-agree"]
    rows = {r["stretch"]: r["inside"] for r in table("foreign-trade", "implied-turnover")["data"]}
    fits = {"holds": "yes", "holds-rounded": "yes", "differs": "no"}
    assert rows["2016 to 2018, whole years"] == fits[finding.verdict]
    assert [fits[verdict] for verdict in finding.readings.values()] == [
        rows["2016, 2017 and the first two quarters of 2018"]
    ]


def test_what_is_left_of_a_turnover_is_told_on_one_basis(findings: dict[str, Finding]) -> None:
    implied = 100 * Fraction(printed("trade-total")) / Fraction(printed("kazakhstan-share"))
    told = findings["kazakhstan-share-and-total-agree"].implies
    for basis in ("customs", "balance of payments"):
        before = turnovers()[basis, "2016 and 2017"]
        sentence = next(s for s in told.split(". ") if basis in s.replace("-", " "))
        numbers = re.sub("\u202f", "", sentence)
        assert f"make {round(before)}, which leaves {round(implied - before)} " in numbers


def test_a_share_of_three_years_takes_the_printed_total() -> None:
    """Not the sum of its rounded parts, whose interval is three times as wide."""
    (row,) = [
        r
        for r in table("foreign-trade", "border-shares")["data"]
        if r["measure"] == "Turnover, 2016–2018"
    ]
    cells = oracle.rows("paper_table_1", reporter="border regions", flow="commodity circulation")
    parts = [spread(cell["printed"]) for cell in cells]
    low, high = spread(printed("trade-total"))
    assert row["low"] == pytest.approx(float(sum(p[0] for p in parts) / high / 10))
    assert row["high"] == pytest.approx(float(sum(p[1] for p in parts) / low / 10))


OF_TABLES = {
    ("foreign-trade", "table-1", "finding"),
    ("foreign-trade", "implied-turnover", "inside"),
    ("gross-product", "readings", "fits"),
}
"""The columns of tables that judge a printed number."""


def test_every_table_that_judges_agrees_with_the_ledger(findings: dict[str, Finding]) -> None:
    judging = {
        (path.stem, each["name"], column["name"])
        for path in real_book.ROOT.glob("book/*.ipynb")
        for each in tables(path.stem)
        if each["name"] not in ("ledger", "verdicts", "weighed")
        for column in each["schema"]["fields"]
        if re.search("fits|inside|finding|verdict|agree", column["name"] + column.get("title", ""),
                     re.I)
    }  # fmt: skip
    assert judging == OF_TABLES, "a new column that judges is held by a test"

    for row in table("foreign-trade", "table-1")["data"]:
        reporter, year = row["cell"].split(", ")
        name = f"table-1-sum-{'russia' if reporter == 'Russia' else 'border'}-{year}"
        words = {"holds": "adds up", "holds-rounded": "adds up within rounding"}
        assert row["finding"] == words.get(findings[name].verdict, "differs"), name

    rows = {row["reading"]: row["fits"] for row in table("gross-product", "readings")["data"]}
    total = findings["grp-total-2017"]
    shares = findings["grp-share-2017"]
    own = "2017, with Tyumen, without its okrugs"
    assert ("the total" in rows[own]) == (total.verdict == "holds")
    assert ("the share of GDP" in rows[own]) == (shares.verdict == "holds")
    for label, verdict in total.readings.items():
        if way := next((way for way in rows if label.startswith(f"{way}:")), None):
            assert ("the total" in rows[way]) == (verdict == "holds"), label
    for label, verdict in shares.readings.items():
        way, base = re.split(", of (?=the sum|GDP)", label.partition(":")[0])
        name = "the share of GDP" if base == "GDP" else "the share of GRP"
        if "before the revision" not in way:
            assert (name in rows[way]) == (verdict == "holds"), label

    known = [row for row in table("small-enterprises", "table-2")["data"] if row["computed"]]
    for row in known:
        title, year = row["cell"].rsplit(", ", 1)
        what = {"Number of enterprises": "number"}.get(title, title.lower())
        verdict = findings[f"table-2-{what}-{year}"].verdict
        if verdict != "not-checkable":
            assert (row["difference"] == 0) == (verdict == "holds"), row["cell"]


# Values are compared before they are rounded


def test_regions_less_diverse_than_russia_are_counted_before_rounding() -> None:
    """One of the twelve is at 0.0961, Russia at 0.0957: both show as 0.096."""

    def concentration(row: dict[str, str]) -> Fraction:
        parts = [Fraction(v) for k, v in row.items() if k not in ("region", "year") and v]
        return sum((p * p for p in parts), Fraction(0)) / sum(parts, Fraction(0)) ** 2

    rows = {r["region"]: r for r in oracle.rows("gva_structure_2016_2024", year="2017")}
    values = {code: concentration(row) for code, row in rows.items()}
    over = sum(values[code] > values["RU"] for code in TWELVE)
    near = [code for code in TWELVE if round(values[code], 3) == round(values["RU"], 3)]
    assert (over, len(near)) == (12, 1)
    shown = table("gross-product", "specialisation")
    assert shown["title"].startswith("All twelve regions were less diverse")
    own = {row["herfindahl"] for row in shown["data"]}
    assert len(own) == 13, "and shown with the digits that tell them apart"


def test_a_computed_value_is_told_from_the_line_that_it_misses(
    findings: dict[str, Finding],
) -> None:
    rows = {row["id"]: row for row in display.ledger(real_book.Claims()).table.resource()["data"]}
    for name, finding in findings.items():
        line, value = finding.claim.threshold, finding.computed
        if line is not None and isinstance(value, float) and value != line:
            assert float(re.sub("\u202f", "", rows[name]["computed"])) != line, name
    assert rows["potential-high"]["computed"] == "0.998"


@pytest.mark.parametrize("neighbour", neighbours())
def test_a_ratio_that_is_not_that_of_russia_does_not_show_as_one(neighbour: str) -> None:
    from helpers.discussion import border_exhibits

    p = model_of("discussion")(neighbour=neighbour)
    for chart in (border_exhibits.intensity(p), border_exhibits.productivity(p)):
        assert not re.search(r": 1\.0+,", chart.title), chart.title


# Thresholds are relative


def test_almost_unchanged_means_the_same_for_a_small_share() -> None:
    """Employees by year of every border: the spread against the mean decides, not its points."""
    values = oracle.enterprises(("employees", "list_employees"))
    regions = oracle.rows("regions", country="RU")
    (row,) = oracle.rows("claims", id="employees-unchanged")
    line = Fraction(row["threshold"])
    verdicts = set()
    for neighbour in neighbours():
        group = [r["region"] for r in regions if neighbour in r["neighbours"].split()]
        shares = [oracle.share(values[year], group) for year in range(2011, 2018)]
        expected = 100 * (max(shares) - min(shares)) / (sum(shares) / 7) <= line
        found = ledger.evaluate(real_book.Claims(neighbour=neighbour), ids=[row["id"]])[0]
        if neighbour != "KZ":
            assert found.verdict == ("holds" if expected else "differs"), neighbour
        verdicts.add((found.verdict, max(shares) - min(shares) <= 1))
    assert ("differs", True) in verdicts, "a small share that moves much is not unchanged"
    assert ("holds", False) in verdicts, "a large one that moves little is"


def test_a_threshold_of_a_comparison_is_no_number_of_points() -> None:
    for row in oracle.rows("claims"):
        if row["threshold"]:
            assert row["unit"] != "percentage points", row["id"]
            assert not re.search(r"within \d+ percentage point", row["reading"]), row["id"]


def test_a_band_means_one_thing_in_all_statements_of_its_sentence(
    findings: dict[str, Finding],
) -> None:
    (band,) = oracle.rows("claims", id="employees-level")
    low, high = band["printed"].split("-")
    cells = oracle.rows("paper_table_2", indicator="average number of employees")
    inside = all(
        spread(low)[0] <= Fraction(cell["printed_percent"]) < spread(high)[1] for cell in cells
    )
    expected = "holds" if inside else "differs"
    assert findings["employees-level"].verdict == expected
    readings = findings["employees-unchanged"].readings
    assert readings["within the band that the sentence names, 15-16"] == expected


def test_the_page_states_every_threshold() -> None:
    shown = table("materials-and-methods", "thresholds")["data"]
    stated = {(row["reading"], row["threshold"]): row["many"] for row in shown}
    counted: dict[tuple[str, float], int] = {}
    for row in oracle.rows("claims"):
        if row["threshold"] and row["reading"]:
            key = row["reading"], float(row["threshold"])
            counted[key] = counted.get(key, 0) + 1
    assert stated == counted


# One number, one verdict


def test_a_number_of_the_text_that_repeats_a_cell_has_its_verdict(
    findings: dict[str, Finding],
) -> None:
    """The cells by their values in the file; the claims by the year and number that they name."""
    rows = {
        "number of small businesses": "number",
        "average number of employees": "employees",
        "small business turnover": "turnover",
        "investments in fixed assets": "investment",
    }
    pairs = [
        (claim.id, f"table-2-{rows[cell['indicator']]}-{cell['year']}")
        for claim in claims().values()
        for cell in oracle.rows("paper_table_2")
        if re.fullmatch(r"\d+\.\d+", claim.printed)
        and Fraction(claim.printed) == Fraction(cell["printed_percent"])
        and cell["year"] in claim.statement
    ]
    assert len(pairs) == 5
    for text, cell in pairs:
        for name in ("verdict", "readings", "checked_against"):
            assert getattr(findings[text], name) == getattr(findings[cell], name), text
        assert (
            findings[text].record()["depends_on_reading"]
            == (findings[cell].record()["depends_on_reading"])
        )


def test_the_total_of_trade_says_both(findings: dict[str, Finding]) -> None:
    cells = oracle.rows("paper_table_1", reporter="Russia", flow="commodity circulation")
    in_table = sum(Fraction(cell["printed"]) for cell in cells)
    published = sum(
        Fraction(row["million_usd"]) / 1000
        for row in oracle.rows("trade_by_partner", reporter="RU", partner="KZ")
        if row["year"] in ("2016", "2017", "2018")
    )
    finding = findings["trade-total"]
    assert in_table == Fraction(finding.printed)
    assert finding.computed == pytest.approx(float(published))
    assert finding.verdict == "differs"
    assert "consistent with the paper's own table" in finding.reason


def test_a_cell_is_judged_on_the_measure_that_it_names(findings: dict[str, Finding]) -> None:
    printed_measures = {"employees": "employees", "turnover": "turnover", "number": "number"}
    for what, indicator in printed_measures.items():
        held = oracle.by_year("small_enterprises", "value", indicator=indicator)
        for year in range(2011, 2018):
            verdict = findings[f"table-2-{what}-{year}"].verdict
            assert (verdict == "not-checkable") == (year not in held), (what, year)
    twins = [findings[f"table-2-{what}-2015"] for what in ("employees", "turnover")]
    assert [list(twin.readings.values()) for twin in twins] == [["differs"], ["holds"]]
    assert "16.51" in findings["employees-level"].implies


def test_every_position_is_no_fewer_than_all_of_them(findings: dict[str, Finding]) -> None:
    """28 positions, of which 18 are held: what the others could add leaves these open."""
    held = sum(
        set(TWELVE) <= set(values)
        for names in oracle.INDICATORS.values()
        for year, values in oracle.enterprises(names).items()
        if 2011 <= year <= 2017
    )
    assert held == 18
    chosen = [f for name, f in findings.items() if re.match("leader|closer", name)]
    assert len(chosen) == 8
    for finding in chosen:
        assert finding.verdict == "not-checkable", finding.claim.id
        assert finding.reason.startswith("Missing: 10 of the 28 positions"), finding.claim.id
        assert f"the {held} positions held" in finding.readings, finding.claim.id


def test_where_the_positions_held_exclude_it_a_statement_is_contradicted() -> None:
    """In 2012 Chelyabinsk is not among the first by number: at best it is in three of four."""
    values = oracle.enterprises(("number",))[2012]
    assert "RU-CHE" not in sorted(TWELVE, key=lambda code: -values[code])[:3]
    p = real_book.Claims(first_year=2012, last_year=2012)
    found = {f.claim.id: f for f in ledger.evaluate(p, "discussion")}
    assert found["leader-chelyabinsk"].verdict == "differs"
    assert found["leader-samara"].verdict == "not-checkable"


def test_a_verdict_is_marked_wherever_another_reading_gives_another(
    findings: dict[str, Finding],
) -> None:
    for finding in findings.values():
        others = {"holds" if v == "holds-rounded" else v for v in finding.readings.values()}
        own = "holds" if finding.verdict == "holds-rounded" else finding.verdict
        expected = finding.verdict != "not-checkable" and bool(others - {own, "not-checkable"})
        assert finding.record()["depends_on_reading"] == expected, finding.claim.id
    cells = [f for name, f in findings.items() if name.startswith("table-2-")]
    judged = [f for f in cells if f.verdict != "not-checkable"]
    assert len(judged) == 16
    assert all(f.record()["depends_on_reading"] for f in judged), "as Tyumen is counted"


@pytest.mark.parametrize("chosen", [{}, {"with_okrugs": True}], ids=str)
def test_other_readings_are_others(chosen: dict[str, Any]) -> None:
    """None of them is the verdict's own: a label with the value that the verdict rests on."""
    for finding in ledger.evaluate(real_book.Claims(**chosen)):
        value = finding.computed
        if not isinstance(value, float) or not finding.claim.id.startswith(("grp", "table-2")):
            continue
        for label in finding.readings:
            if number := re.search(r": ([\d.]+)", label):
                digits = len(number[1].partition(".")[2])
                assert f"{value:.{digits}f}" != number[1], (finding.claim.id, label)
    found = ledger.evaluate(real_book.Claims(**chosen), ids=["closers-three", "grp-share-2017"])
    assert not any("in every position" in label for label in found[1].readings)
    assert not any("100 per cent" in label for label in found[1].readings)


# What we say of our own work


def test_the_conclusion_counts_sentences_and_tests_of_ours() -> None:
    every = oracle.rows("claims")
    cells = [r for r in every if re.fullmatch(r"table-[12]-(?!sum).*", r["id"])]
    tests = [r for r in every if re.search("-(agree|order|within-group)$|^table-1-sum", r["id"])]
    said = [r for r in every if r not in cells and r not in tests]
    sentences = {(r["section"], r["paragraph"], r["sentence"]) for r in said}
    facts = display.facts(real_book.Claims())
    assert (len(cells), len(tests)) == (46, 12)
    assert {r["kind"] for r in tests} == {"consistency"}
    assert "consistency" not in {r["kind"] for r in said}
    names = ("statements", "statements-cells", "statements-tests", "statements-said", "sentences")
    assert [int(facts[name]) for name in names] == [
        len(every),
        len(cells),
        len(tests),
        len(said),
        len(sentences),
    ]


def text(notebook: str) -> str:
    return "\n".join(
        "".join(cell["source"])
        for cell in notebooks.cells(real_book.ROOT / "book" / f"{notebook}.ipynb")
        if cell["cell_type"] == "markdown"
    )


def test_the_register_is_not_called_independent() -> None:
    """It is the population of the surveys since 2016, as the descriptor says."""
    package = json.loads((real_book.ROOT / "data/datapackage.json").read_text("utf-8"))
    (resource,) = [r for r in package["resources"] if r["name"] == "small_enterprises"]
    assert "from 2016 the population surveyed is the register" in resource["description"]
    assert "an independent source say" not in text("small-enterprises")
    assert "so it is no independent source" in text("small-enterprises")


def test_valuation_explains_no_more_than_it_can() -> None:
    """Imports CIF cannot lie below exports FOB by their valuation."""
    values = {
        (r["reporter"], r["flow"], r["year"]): Fraction(r["million_usd"])
        for r in oracle.rows("trade_by_partner")
        if r["partner"] != "WORLD"
    }
    below = sum(
        values["KZ", "imports", year] < values["RU", "exports", year]
        for year in ("2016", "2017", "2018")
    )
    assert below == 3
    notes = json.dumps(table("foreign-trade", "against-partners"), ensure_ascii=False)
    assert "never agree" not in notes
    assert "smaller than Russia's exports in all three years, so other causes" in notes


def test_breaks_between_two_years_are_counted() -> None:
    from helpers.small_enterprises import exhibits, measures

    facts = exhibits.facts(model_of("small-enterprises")())
    assert facts["number-breaks"] == "three breaks"
    assert sum(2014 < place < 2017 for place in measures.BREAKS) == 3
    assert "both breaks" not in text("small-enterprises")


def test_places_by_year_are_those_of_one_definition() -> None:
    """Turnover per employee: of turnover and average employees, not of revenue and payroll."""
    tables = [
        oracle.by_year("small_enterprises", "value", indicator=indicator)
        for indicator in ("turnover", "employees")
    ]
    regions = oracle.rows("regions", country="RU")
    groups = {
        n: [r["region"] for r in regions if n in r["neighbours"].split()] for n in neighbours()
    }
    places = set()
    for year in set(tables[0]) & set(tables[1]):
        ratios = {
            n: sum(tables[0][year][c] for c in g) / sum(tables[1][year][c] for c in g)
            for n, g in groups.items()
        }
        places.add(1 + sum(ratio > ratios["KZ"] for ratio in ratios.values()))
    from helpers.discussion import border_exhibits

    title = border_exhibits.productivity_by_year(model_of("discussion")()).title
    assert f"between place {min(places)} and place {max(places)} of 14" in title


@pytest.mark.parametrize("neighbour", neighbours())
def test_a_course_is_judged_year_by_year(neighbour: str) -> None:
    """A share of product that rose and fell did not stay, whatever its ends."""
    from helpers.gross_product import exhibits

    grp = oracle.by_year("gross_regional_product", "grp_million_rub")
    regions = oracle.rows("regions", country="RU")
    group = [r["region"] for r in regions if neighbour in r["neighbours"].split()]
    shares = [oracle.share(grp[year], group) for year in range(2016, 2024)]
    steps = {b > a for a, b in pairwise(shares)}
    title = exhibits.by_year(model_of("gross-product")(neighbour=neighbour)).title
    assert "stayed" not in title
    if len({f"{share:.1f}" for share in shares}) > 1:
        assert ("moved between" in title) == (len(steps) == 2), title
        assert f"{min(shares):.1f} %" in title
        assert f"{max(shares):.1f} %" in title


def test_no_more_sources_are_called_copies_than_are() -> None:
    copies = sum("copy" in row["read_from"] for row in oracle.rows("sources"))
    assert copies < len(oracle.rows("sources")) - 1
    for notebook in ("data", "materials-and-methods"):
        assert (
            "the others were read from copies" not in table(notebook, "sources-registry")["title"]
        )


def test_the_descriptor_says_from_when_units_of_kazakhstan_are_held() -> None:
    first = {
        code: min(
            int(row["year"])
            for row in oracle.rows("kazakhstan_gross_regional_product", region=code)
        )
        for code in ("KZ-79", "KZ-10")
    }
    package = json.loads((real_book.ROOT / "data/datapackage.json").read_text("utf-8"))
    (resource,) = [
        r for r in package["resources"] if r["name"] == "kazakhstan_gross_regional_product"
    ]
    told = resource["description"]
    assert f"Shymkent (KZ-79), a unit of its own since 2018, begins in {first['KZ-79']}" in told
    assert f"begin in {first['KZ-10']}" in told
    facing = json.dumps(table("gross-product", "facing"), ensure_ascii=False)
    assert f"its figures from {first['KZ-10']} on" in facing


def test_only_statements_on_the_border_are_called_so() -> None:
    for finding in ledger.evaluate(real_book.Claims(neighbour="CN")):
        if "is about the border with Kazakhstan" in finding.reason:
            claim = finding.claim
            on_trade = claim.page == "foreign-trade" or claim.kind == "consistency"
            assert on_trade or re.search("Kazakhstan|twelve|{", claim.statement), claim.id
    found = ledger.evaluate(real_book.Claims(neighbour="CN"), ids=["foreign-investment-decline"])
    assert found[0].reason.startswith("Missing: foreign direct investment")


def test_mainly_means_more_than_half_of_industry(findings: dict[str, Finding]) -> None:
    rows = {r["region"]: r for r in oracle.rows("gva_structure_2016_2024", year="2017")}
    for name, code in (("astrakhan", "RU-AST"), ("orenburg", "RU-ORE"), ("samara", "RU-SAM")):
        mined, made, *rest = (Fraction(rows[code][section]) for section in "BCDE")
        whole = mined + made + sum(rest)
        finding = findings[f"mining-focus-{name}"]
        if 2 * mined > whole:
            assert finding.verdict == "holds"
            assert finding.computed == pytest.approx(float(100 * mined / whole), abs=1e-6)
        else:
            assert 2 * (mined + made) > whole, "processing could make it"
            assert finding.verdict == "not-checkable"
    assert findings["mining-focus-samara"].verdict == "not-checkable"
