"""Documents that an author adds are counted in *Discussion*, and the claims on them follow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from borderbook.claims import ledger
from borderbook.claims.ledger import Finding
from borderbook.corpus.index import DocumentError
from borderbook.datapackage import resources
from borderbook.datapackage.resources import DataError
from borderbook.figures.tables import Table
from helpers.discussion import strategies_exhibits
from helpers.discussion.evidence import hardly_reflect
from tests.real_book import Discussion

# Worked out by hand. Words and terms: 6 + 2 and 2 (граничит; Республикой Казахстан).
ORENBURG = "Оренбургская область граничит с Республикой Казахстан. Развиваем торговлю."
# A part of 4 words without a term, and one of 2 + 4 + 4 with 1 + 1 + 1 (Customs Union; border).
KURGAN = (
    "<p>We help small firms.</p><h2>Customs Union</h2>"
    "<p>The border is long. The border is open.</p>"
)
OMSK = "Small firms need credit and advice."  # 6 words, no term
SARATOV = "Our border matters now. " + "Firms grow. " * 623  # 4 + 1246 words, 1 term: 0.8
PRIMORYE = "A checkpoint and a transport corridor."  # 6 words, 2 terms

THREE = {"ore.txt": ORENBURG, "kgn.html": KURGAN, "oms.txt": OMSK}
CATEGORIES = (
    *("border", "neighbour", "cross-border cooperation", "customs and integration"),
    *("transport and crossing points", "joint business"),
)
REGIONS = {"ore": "RU-ORE", "kgn": "RU-KGN", "oms": "RU-OMS", "sar": "RU-SAR", "pri": "RU-PRI"}

Add = Callable[[dict[str, str]], None]


@pytest.fixture
def folder(data_copy: Path) -> Path:
    """A copy of the data package, which the helpers take for the real one."""
    return data_copy


@pytest.fixture
def add(folder: Path) -> Add:
    """Put documents (name -> text) and their rows into the copy, and seal it."""

    def written(documents: dict[str, str]) -> None:
        index = folder / "documents" / "index.csv"
        with index.open("a", encoding="utf-8") as rows:
            for name, text in documents.items():
                (folder / "documents" / name).write_text(text, "utf-8")
                stem = name.partition(".")[0]
                language = "ru" if stem == "ore" else "en"
                address = f"https://example.org/{stem}"
                rows.write(f"{name},{REGIONS[stem]},{language},Plan {stem},2016,{address},free\n")
        assert resources.seal() == ["documents"]

    return written


def finding(p: Discussion, claim: str = "documents-border") -> Finding:
    return ledger.evaluate(p, ids=[claim])[0]


def rows(table: Table, *columns: str) -> list[tuple[Any, ...]]:
    return list(table.rows[list(columns)].itertuples(index=False, name=None))


def names(p: Discussion) -> list[str]:
    return [table.name for table in strategies_exhibits.exhibits(p)]


# As shipped


def test_without_a_document_one_table_says_what_is_missing_and_how_to_add_it() -> None:
    p = Discussion()
    [table] = strategies_exhibits.exhibits(p)
    text = str(table._repr_mimebundle_()["text/plain"])

    assert table.name == "strategies-missing"
    for said in ("data/documents/index.csv", ".pdf", "language", "borderbook seal", "Omsk Oblast"):
        assert said in text
    assert "other regions" not in text
    assert finding(p).verdict == "not-checkable"
    assert finding(p).reason.startswith("Missing: ")
    assert finding(p, "strategies-exist").verdict == "not-checkable"


def test_without_a_document_the_prose_says_that_nothing_was_computed() -> None:
    facts = strategies_exhibits.facts(Discussion())

    assert "nothing can be computed" in facts["documents"]
    assert "cannot be checked" in facts["reflection"]
    assert (facts["threshold"], facts["categories"]) == ("1", "six")


# With documents


def test_with_documents_every_table_is_there(add: Add) -> None:
    add(THREE)

    assert names(Discussion()) == [
        f"strategies-{name}"
        for name in ("lengths", "categories", "lemmas", "passages", "parts", "regions")
    ]
    for table in strategies_exhibits.exhibits(Discussion()):
        bundle = table._repr_mimebundle_()
        assert f'id="{table.name}"' in bundle["text/html"]
        assert "border_dictionary" in bundle["text/html"]


def test_documents_without_any_term_leave_out_the_tables_of_terms(add: Add) -> None:
    add({"oms.txt": OMSK})

    assert names(Discussion()) == [
        f"strategies-{name}" for name in ("lengths", "categories", "regions")
    ]
    assert strategies_exhibits.comparison(Discussion()).title.startswith("Omsk Oblast alone")


def test_lengths_and_rates_are_those_worked_out_by_hand(add: Add) -> None:
    add(THREE)
    table = strategies_exhibits.lengths(Discussion())

    assert rows(table, "title", "region", "parts", "words", "count", "rate") == [
        ("Plan kgn", "Kurgan Oblast", 2, 14, 3, 3000 / 14),
        ("Plan oms", "Omsk Oblast", 1, 6, 0, 0.0),
        ("Plan ore", "Orenburg Oblast", 1, 8, 2, 250.0),
    ]
    assert table.title == (
        "Of 28 words in three documents, five are border terms: 178.57 per 1,000 words"
    )
    html = table._repr_mimebundle_()["text/html"]
    assert '<a href="https://example.org/ore">Plan ore</a>' in html
    assert "free" in html


def test_rates_by_category(add: Add) -> None:
    add(THREE)
    table = strategies_exhibits.categories(Discussion())
    rates = table.rows.set_index("title")[list(CATEGORIES)]

    expected = pd.DataFrame(0.0, index=["Plan kgn", "Plan oms", "Plan ore"], columns=CATEGORIES)
    expected.loc["Plan kgn", ["border", "customs and integration"]] = [2000 / 14, 1000 / 14]
    expected.loc["Plan ore", ["border", "neighbour"]] = [125.0, 125.0]
    assert rates.to_dict() == expected.to_dict()
    assert table.title == "Most terms are of “border”: three terms"


def test_frequencies_of_lemmas(add: Add) -> None:
    add(THREE)
    table = strategies_exhibits.lemmas(Discussion())

    assert rows(table, "lemma", "category", "title", "count") == [
        ("border", "border", "Plan kgn", 2),
        ("customs union", "customs and integration", "Plan kgn", 1),
        ("граничить", "border", "Plan ore", 1),
        ("республика казахстан", "neighbour", "Plan ore", 1),
    ]
    assert table.title == "“border” occurs most often: two times"


def test_passages_stand_in_their_context(add: Add) -> None:
    add(THREE)
    table = strategies_exhibits.passages(Discussion())

    assert rows(table, "left", "keyword", "right", "place") == [
        ("", "Customs Union", "", "Customs Union"),
        ("The", "border", "is long.", "Customs Union"),
        ("The", "border", "is open.", "Customs Union"),
        ("Оренбургская область", "граничит", "с Республикой Казахстан.", "part 1"),
        ("Оренбургская область граничит с", "Республикой Казахстан", ".", "part 1"),
    ]


def test_a_long_sentence_is_cut_on_both_sides(add: Add) -> None:
    add({"oms.txt": f"{'before ' * 13}the border {'after ' * 13}."})
    [(left, right)] = rows(strategies_exhibits.passages(Discussion()), "left", "right")

    assert left == "… " + "before " * 11 + "the"
    assert right == "after " * 12 + "…"


def test_only_parts_with_a_term_are_listed(add: Add) -> None:
    add(THREE)
    table = strategies_exhibits.parts(Discussion())

    assert rows(table, "place", "title", "part", "of", "words", "count", "rate") == [
        ("Customs Union", "Plan kgn", 2, 2, 10, 3, 300.0),
        ("part 1", "Plan ore", 1, 1, 8, 2, 250.0),
    ]
    assert table.title == "The border terms stand in two of four parts"


def test_regions_are_compared_and_those_without_a_document_stand_last(add: Add) -> None:
    add(THREE)
    table = strategies_exhibits.comparison(Discussion())
    held = table.rows.dropna(subset=["rank"])

    assert list(zip(held["name"], held["rank"], held["words"], held["rate"], strict=True)) == [
        ("Orenburg Oblast", 1, 8, 250.0),
        ("Kurgan Oblast", 2, 14, 3000 / 14),
        ("Omsk Oblast", 3, 6, 0.0),
    ]
    assert len(table.rows) == 12
    assert table.title == "Orenburg Oblast uses border terms most: 250.00 per 1,000 words"
    assert "Saratov Oblast" in table.notes[-1]


def test_two_documents_of_a_region_are_taken_together(add: Add, folder: Path) -> None:
    add({"kgn.html": KURGAN, "kgn.txt": OMSK})
    first = strategies_exhibits.comparison(Discussion()).rows.iloc[0]

    assert (first["documents"], first["words"], first["count"]) == (2, 20, 3)
    assert first["rate"] == 150.0
    assert first["border"] == 100.0


# The claims


def test_the_statement_differs_if_most_documents_reach_the_threshold(add: Add) -> None:
    add(THREE)
    found = finding(Discussion())

    assert (found.verdict, found.computed) == ("differs", 1)
    assert list(found.readings.values()) == ["differs", "differs"]
    assert dict(found.inputs[0].values)["ore.txt"] == 250.0
    assert {each.resource for each in found.inputs} == {"documents", "border_dictionary"}
    assert "No document is held of Astrakhan Oblast," in found.reason
    assert "does not hold" in strategies_exhibits.facts(Discussion())["reflection"]


def test_the_statement_holds_if_most_documents_lie_below_the_threshold(add: Add) -> None:
    add({"kgn.html": KURGAN, "oms.txt": OMSK, "sar.txt": SARATOV})
    found = finding(Discussion())

    assert (found.verdict, found.computed) == ("holds", 2)
    assert dict(found.inputs[0].values)["sar.txt"] == 0.8
    assert list(found.readings.items()) == [
        ("threshold of 0.5", "differs"),  # 0.8 is above it
        ("threshold of 2.0", "holds"),
    ]
    assert strategies_exhibits.facts(Discussion())["reflection"] == (
        "Two of three documents are below this rate, so the statement holds for what is here."
    )


def test_the_threshold_of_the_claim_decides(add: Add, folder: Path) -> None:
    add({"sar.txt": SARATOV})
    assert finding(Discussion()).verdict == "holds"

    path = folder / "claims.csv"
    text = path.read_text("utf-8")
    assert text.count('words than the threshold",1,') == 1
    path.write_text(text.replace('the threshold",1,', 'the threshold",0.8,'), "utf-8")
    assert resources.seal() == ["claims"]

    assert finding(Discussion()).verdict == "differs"  # 0.8 is not below 0.8
    assert strategies_exhibits.facts(Discussion())["threshold"] == "0.80"


def test_documents_of_every_region_settle_that_there_are_some(add: Add) -> None:
    add({"pri.txt": PRIMORYE})

    found = finding(Discussion(neighbour="KP"), "strategies-exist")
    assert (found.verdict, found.computed) == ("holds", 1)
    assert found.inputs[0].values == (("pri.txt", "Primorsky Krai"),)
    assert finding(Discussion(neighbour="CN"), "strategies-exist").verdict == "not-checkable"


# The group, the dictionary, faults


def test_documents_of_other_regions_are_left_out(add: Add) -> None:
    add({"pri.txt": PRIMORYE, "oms.txt": OMSK})

    assert [row for (row,) in rows(strategies_exhibits.lengths(Discussion()), "title")] == [
        "Plan oms"
    ]
    assert finding(Discussion()).verdict == "holds"
    assert finding(Discussion(neighbour="CN")).verdict == "differs"
    without = Discussion(exclude=["RU-OMS"])
    [table] = strategies_exhibits.exhibits(without)
    assert table.name == "strategies-missing"
    assert table.notes[0].startswith("The two documents held come from other regions.")
    assert finding(without).verdict == "not-checkable"


def test_a_row_added_to_the_dictionary_is_counted(add: Add, folder: Path) -> None:
    add({"oms.txt": OMSK})
    assert finding(Discussion()).verdict == "holds"

    with (folder / "border_dictionary.csv").open("a", encoding="utf-8") as file:
        file.write("joint business,en,small firm\n")
    assert resources.seal() == ["border_dictionary"]

    assert rows(strategies_exhibits.lemmas(Discussion()), "lemma", "count") == [("small firm", 1)]
    assert finding(Discussion()).verdict == "differs"


def test_a_document_that_is_changed_is_read_again(add: Add, folder: Path) -> None:
    add({"oms.txt": OMSK})
    assert finding(Discussion()).computed == 1

    (folder / "documents" / "oms.txt").write_text("The border is long and open.", "utf-8")

    assert finding(Discussion()).computed == 0


def test_a_file_that_the_index_does_not_name_is_told(folder: Path) -> None:
    (folder / "documents" / "oms.txt").write_text(OMSK, "utf-8")

    with pytest.raises(DocumentError, match=r"oms\.txt: no row of index\.csv names this file"):
        list(strategies_exhibits.exhibits(Discussion()))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("file", "plan.doc"), ("file", "sub/plan.txt"), ("region", "RU-XXX"), ("region", "KZ")],
        *[("language", "de"), ("title", ""), ("year", "16"), ("address", "omsk.ru"), ("terms", "")],
    ],
)
def test_the_package_refuses_a_row_that_breaks_the_index(
    folder: Path, field: str, value: str
) -> None:
    row = {"file": "plan.txt", "region": "RU-OMS", "language": "en", "title": "Plan"}
    row |= {"year": "2016", "address": "https://example.org", "terms": "free", field: value}
    with (folder / "documents" / "index.csv").open("a", encoding="utf-8") as index:
        index.write(",".join(row.values()) + "\n")
    resources.seal()

    with pytest.raises(DataError, match=r"documents/index\.csv, row 2"):
        resources.load("documents")


@pytest.mark.parametrize(
    "row", ["borders,en,limit", "border,de,limit", "border,en,two  spaces", "border,en,frontier ,"]
)
def test_the_package_refuses_a_row_that_breaks_the_dictionary(folder: Path, row: str) -> None:
    with (folder / "border_dictionary.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    resources.seal()

    with pytest.raises(DataError, match=r"border_dictionary\.csv, row 186"):
        resources.load("border_dictionary")


def test_a_term_stands_in_the_dictionary_once(folder: Path) -> None:
    with (folder / "border_dictionary.csv").open("a", encoding="utf-8") as file:
        file.write("neighbour,en,border\n")
    resources.seal()

    with pytest.raises(DataError, match=r"border_dictionary\.csv, row 186"):
        resources.load("border_dictionary")


@pytest.mark.parametrize(
    ("rates", "verdicts"),
    [
        ((0.1, 0.2, 5.0), ["holds", "holds", "holds"]),
        ((0.6, 0.7, 5.0), ["differs", "holds", "holds"]),
        ((1.0, 1.5, 0.1), ["differs", "differs", "holds"]),
        ((0.1, 5.0), ["differs", "differs", "differs"]),
        ((2.0, 3.0), ["differs", "differs", "differs"]),
    ],
)
def test_statement_holds_if_more_than_half_of_the_documents_lie_below(
    rates: tuple[float, ...], verdicts: list[str]
) -> None:
    assert [hardly_reflect(rates, line)[1] for line in (0.5, 1.0, 2.0)] == verdicts
