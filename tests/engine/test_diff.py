"""Changes: what differs between two results, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from borderbook import formatting
from borderbook.figures import tables
from borderbook.results import diff, diff_tables
from borderbook.results.diff import Change, Changes, Flip, Line
from borderbook.results.extract import Results


def table(rows: list[dict[str, Any]], **fields: dict[str, Any]) -> dict[str, Any]:
    """Return a table resource; a column is a number with two decimals unless it says otherwise."""
    plain = {"type": "number", "unit": "", "digits": 2, "group": "", "role": ""}
    schema = [{**plain, "name": name, "title": name.title(), **own} for name, own in fields.items()]
    return {"name": "t", "schema": {"fields": schema}, "data": rows}


TEXT = {"type": "string", "digits": None}


def results(**parts: Any) -> Results:
    return Results(**{"tables": {}, "charts": {}, "claims": {}, "values": {}, **parts})


def claim(verdict: str, reason: str = "") -> dict[str, str]:
    return {"statement": "A share is 12.", "verdict": verdict, "reason": reason}


def test_equal_results_have_no_changes() -> None:
    held = results(
        tables={"t": table([{"year": "2017", "share": 1.5}], year=TEXT, share={})},
        charts={"c": {"mark": "bar"}},
        claims={"one": claim("holds")},
        values={"share": "1.5"},
    )

    found = diff.between(held, held)

    assert not found
    assert found == Changes(verdicts=1)
    assert found.summary == "no value, table, chart or verdict changed"
    assert diff_tables.tables(found) == []


def test_values_in_the_text_old_and_new_but_not_which_resources_were_used() -> None:
    before = results(values={"same": "1", "share": "15.20", "gone": "x", "figures-used": "a"})
    after = results(values={"same": "1", "share": "15.51", "new": "y", "figures-used": "a b"})

    found = diff.between(before, after).values

    assert [(each.row, each.before, each.after, each.difference) for each in found] == [
        ("share", "15.20", "15.51", "+0.31"),
        ("new", None, "y", ""),
        ("gone", "x", None, ""),
    ]


def test_cells_are_found_by_row_and_column_whatever_their_order() -> None:
    columns = {
        "year": TEXT,
        "share": {"unit": "%", "group": "Border"},
        "word": TEXT,
    }
    before = table(
        [
            {"year": "2016", "share": 12.56, "word": "sample"},
            {"year": "2017", "share": 12.29, "word": "sample"},
        ],
        **columns,
    )
    after = table(
        [
            {"year": "2017", "share": 10.29, "word": "census"},
            {"year": "2016", "share": 12.56, "word": "sample"},
        ],
        **columns,
    )

    found = diff.between(results(tables={"t": before}), results(tables={"t": after}))

    assert found.cells == (
        Change("t", "2017", "Border: Share", 12.29, 10.29, "%", 2),
        Change("t", "2017", "Word", "sample", "census", "", None),
    )
    assert [cell.difference for cell in found.cells] == ["−2.00", ""]
    assert found.appeared == found.gone == ()


def test_rows_of_the_same_name_are_told_apart_by_further_columns_of_words() -> None:
    columns = {"indicator": TEXT, "region": TEXT, "note": TEXT, "value": {}}
    rows = [
        {"indicator": "GRP", "region": "Omsk", "note": "a", "value": 1.0},
        {"indicator": "GRP", "region": "Samara", "note": "a", "value": 2.0},
    ]
    other = [rows[1] | {"value": 3.0, "note": "b"}]

    found = diff.between(
        results(tables={"t": table(rows, **columns)}),
        results(tables={"t": table(other, **columns)}),
    )

    assert [(cell.row, cell.column) for cell in found.cells] == [
        ("GRP · Samara", "Note"),
        ("GRP · Samara", "Value"),
    ]
    assert found.gone == (Line("row", "GRP · Omsk", "t"),)


def test_rows_that_nothing_tells_apart_are_compared_in_turn() -> None:
    columns = {"region": TEXT, "value": {}}
    rows = [{"region": "Omsk", "value": 1.0}, {"region": "Omsk", "value": 2.0}]
    other = [rows[0], rows[1] | {"value": 5.0}]

    found = diff.between(
        results(tables={"t": table(rows, **columns)}),
        results(tables={"t": table(other, **columns)}),
    )

    assert [(cell.row, cell.before, cell.after) for cell in found.cells] == [("Omsk (2)", 2.0, 5.0)]


def test_rows_columns_tables_and_charts_that_come_and_go() -> None:
    before = results(
        tables={
            "t": table([{"region": "Omsk", "2015": 1.0}], region=TEXT, **{"2015": {}}),
            "old": table([], region=TEXT),
        },
        charts={"same": {"a": 1}, "drawn": {"a": 1}, "lost": {}},
    )
    after = results(
        tables={
            "t": table([{"region": "Altai", "2016": 1.0}], region=TEXT, **{"2016": {}}),
            "fresh": table([], region=TEXT),
        },
        charts={"same": {"a": 1}, "drawn": {"a": 2}, "found": {}},
    )

    found = diff.between(before, after)

    assert found.appeared == (
        Line("table", "fresh"),
        Line("column", "2016", "t"),
        Line("row", "Altai", "t"),
        Line("chart", "found"),
    )
    assert found.gone == (
        Line("table", "old"),
        Line("column", "2015", "t"),
        Line("row", "Omsk", "t"),
        Line("chart", "lost"),
    )
    assert found.charts == ("drawn",)
    assert found.cells == ()
    assert found.summary == (
        "1 table, 1 column, 1 row and 1 chart appeared, "
        "1 table, 1 column, 1 row and 1 chart disappeared, 1 chart drawn anew"
    )


def test_verdicts_that_flip_with_statement_and_the_new_reason() -> None:
    before = results(claims={"one": claim("holds", "old"), "two": claim("holds", "old")})
    after = results(claims={"one": claim("differs", "It is 10."), "two": claim("holds", "new")})

    found = diff.between(before, after)

    assert found.flips == (Flip("one", "A share is 12.", "holds", "differs", "It is 10."),)
    assert found.verdicts == 2
    assert found.summary == "1 verdict flipped"
    (shown,) = diff_tables.tables(found)
    row = shown.rows.iloc[0]
    assert (row["before"], row["after"]) == ("holds", "differs")
    assert row["address"] == "#claim-one"


def test_a_verdict_that_only_one_run_gives_is_a_flip_from_or_to_nothing() -> None:
    found = diff.between(results(claims={"one": claim("holds")}), results())

    assert found.flips == (Flip("one", "A share is 12.", "holds", "", ""),)
    assert diff_tables.tables(found)[0].rows.iloc[0]["after"] == formatting.MISSING


@pytest.mark.parametrize(
    ("before", "after", "digits", "shown", "difference"),
    [
        (15.25, 12.5, 2, ("15.25", "12.50"), "−2.75"),
        (1234.0, 1235.0, 0, ("1\u202f234", "1\u202f235"), "+1"),
        (0.12301, 0.12304, 2, ("0.12301", "0.12304"), "+0.00003"),
        (None, 12.5, 1, ("–", "12.5"), ""),
        ("12.5", "12.55", None, ("12.5", "12.55"), "+0.05"),
        ("−1\u202f200", "800", None, ("−1\u202f200", "800"), "+2\u202f000"),
        ("two", "3", None, ("two", "3"), ""),
        ("2010–2012", "2011", None, ("2010–2012", "2011"), ""),
        ("", "x", None, ("–", "x"), ""),
    ],
)
def test_what_was_and_is_can_be_told_apart_and_the_difference_is_of_numbers(
    before: Any, after: Any, digits: int | None, shown: tuple[str, str], difference: str
) -> None:
    change = Change("t", "row", "Column", before, after, "%", digits)

    assert change.shown == shown
    assert change.difference == difference


def test_the_tables_of_changes_say_both_values_unit_and_where() -> None:
    cells = (Change("table-2", "2016", "Share", 15.25, 12.5, "%", 2),)
    found = Changes(cells=cells, values=(Change("", "label", "", "a", "b"),))

    value, cell = diff_tables.tables(found, "Default", "This run")

    (row,) = cell.resource()["data"]
    assert row == {
        "row": "2016",
        "column": "Share",
        "before": "15.25",
        "after": "12.50",
        "difference": "−2.75",
        "unit": "%",
        "table": "table-2",
    }
    assert any("percentage points" in note for note in cell.notes)
    assert "Default" in tables.text(cell.resource())
    assert [column.name for column in value.columns] == ["row", "before", "after"], "no numbers"
