"""What each section of the real book depends on, by the records of its run: that, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from borderbook.datapackage import resources
from borderbook.execution.result_store import Entry, State, Store
from tests.real_book import ROOT

MEASURES = {
    "gross": "gross_product.measures",
    "small": "small_enterprises.measures",
}
GROUP = ("indicators", "parameters", "regions", "scope")
EVIDENCE = {
    "introduction": ("introduction.evidence",),
    "gross-product": ("gross_product.evidence", "gross_product.industry_evidence"),
    "foreign-trade": ("foreign_trade.evidence", "foreign_trade.table_1_evidence"),
    "small-enterprises": ("small_enterprises.evidence", "small_enterprises.table_2_evidence"),
    "discussion": ("discussion.evidence", "discussion.documents_evidence"),
}
"""The evidence of each page; the page of materials and methods has none of its own."""
LEDGER = (
    *(*GROUP, *MEASURES.values(), "foreign_trade.measures", "discussion.measures"),
    "discussion.documents",
    *(module for modules in EVIDENCE.values() for module in modules),
)
"""What settles every statement: all evidence, and the measures that it rests on."""

MODULES = {
    "data": ("parameters", "regions"),
    # It counts the years for which small enterprises are not published.
    "materials-and-methods": (*GROUP, "materials_and_methods.exhibits", MEASURES["small"]),
    # The table of the group sets its regions beside their gross product.
    "introduction": (
        *(*GROUP, "boundaries", "palette", "introduction.exhibits", MEASURES["gross"]),
        *EVIDENCE["introduction"],
    ),
    "gross-product": (
        *(*GROUP, "boundaries", "palette", "explorer", MEASURES["gross"]),
        *("gross_product.exhibits", "gross_product.industry_exhibits"),
        *EVIDENCE["gross-product"],
    ),
    "foreign-trade": (
        *(*GROUP, "palette", "foreign_trade.measures", "foreign_trade.exhibits"),
        *EVIDENCE["foreign-trade"],
    ),
    "small-enterprises": (
        *(*GROUP, "boundaries", "palette", "explorer", MEASURES["small"]),
        "small_enterprises.exhibits",
        *EVIDENCE["small-enterprises"],
    ),
    # Leaders and closers are ranked by the measures of the two sections before.
    "discussion": (
        *(*GROUP, "palette", *MEASURES.values(), "discussion.measures", "discussion.documents"),
        *("discussion.exhibits", "discussion.border_exhibits", "discussion.strategies_exhibits"),
        *("discussion.passages_exhibits", "discussion.strategies_text"),
        *EVIDENCE["discussion"],
    ),
    "conclusion": LEDGER,
    "claims": LEDGER,
    # It asks the ledger under each choice, and has no parameters of its own.
    "robustness": (*LEDGER, "palette", "robustness.exhibits", "robustness.measures"),
}

ALWAYS = ("regions", "countries")
"""The neighbours, which the parameters of a section allow."""
CLAIMS = ("claims", "paper_sentences")
STRUCTURE = ("gva_structure_2011_2015", "gva_structure_2016_2024", "activities")
DOCUMENTS = ("documents", "border_dictionary", "border_senses", "enterprise_dictionary")
SETTLED = (
    *(*ALWAYS, *CLAIMS, *STRUCTURE, "gross_regional_product", "russia_totals", "sources"),
    *("paper_table_1", "trade_by_partner", "regional_foreign_trade"),
    *("paper_table_2", "small_enterprises", "population", "grp_total_vintages", "remarks"),
    *DOCUMENTS,
)
"""What the verdicts rest on, with what keys of those tables refer to."""
RESOURCES = {
    "data": None,
    "materials-and-methods": None,
    "introduction": (*ALWAYS, *CLAIMS, "boundaries", "gross_regional_product"),
    "gross-product": (
        *(*ALWAYS, *CLAIMS, *STRUCTURE, "boundaries", "gross_regional_product", "russia_totals"),
        *("kazakhstan_gross_regional_product", "grp_total_vintages", "sources"),
    ),
    "foreign-trade": (
        *(*ALWAYS, *CLAIMS, "paper_table_1", "trade_by_partner", "regional_foreign_trade"),
        *("russia_totals", "russia_trade_yearbook", "sources", "remarks"),
    ),
    "small-enterprises": (
        *(*ALWAYS, *CLAIMS, "boundaries", "paper_table_2", "small_enterprises", "sme_register"),
        *("sources", "remarks"),
    ),
    "discussion": (
        *(*ALWAYS, *CLAIMS, *STRUCTURE, "gross_regional_product", "population"),
        *("small_enterprises", "sources", *DOCUMENTS),
    ),
    "conclusion": SETTLED,
    "claims": SETTLED,
    "robustness": SETTLED,
}
"""The resources that a section reads; None for the two that show all of the package."""
DESCRIPTOR = "data/datapackage.json"


@pytest.fixture(scope="module")
def entries(executed: dict[str, Path]) -> dict[str, Entry]:
    """Return the record of each section's run with its default parameters."""
    store = Store(ROOT)
    found = {section: store.latest(section, {}) for section in executed}
    return {section: entry for section, entry in found.items() if entry is not None}


def modules(entry: Entry) -> set[str]:
    """Return the modules of content that a run imported, but for `__init__`."""
    paths = [Path(name) for kind, name, _ in entry.dependencies if kind == "module"]
    return {
        ".".join(path.with_suffix("").parts[1:])
        for path in paths
        if path.parts[0] == "helpers" and path.name != "__init__.py"
    }


def descriptors(entry: Entry) -> set[str]:
    """Return the resources whose descriptor a run used; blank for the whole descriptor."""
    parts = [name.partition("#") for kind, name, _ in entry.dependencies if kind == "part"]
    return {
        part for file, _, part in parts if file == DESCRIPTOR and not part.startswith("marked: ")
    }


def test_every_section_has_a_record(entries: dict[str, Entry]) -> None:
    assert set(entries) == set(MODULES) == set(RESOURCES)


@pytest.mark.parametrize("section", MODULES)
def test_a_section_depends_on_these_modules_and_no_other(
    section: str, entries: dict[str, Entry]
) -> None:
    assert modules(entries[section]) == set(MODULES[section])


@pytest.mark.parametrize("section", RESOURCES)
def test_a_section_depends_on_these_resources_and_no_other(
    section: str, entries: dict[str, Entry]
) -> None:
    expected = RESOURCES[section]
    if expected is None:
        assert descriptors(entries[section]) == {"", *resources.names()}
    else:
        assert descriptors(entries[section]) == set(expected)


@pytest.mark.parametrize("page", EVIDENCE)
def test_an_edit_of_a_page_s_evidence_runs_that_page_the_ledger_and_the_conclusion(
    page: str, entries: dict[str, Entry]
) -> None:
    for module in EVIDENCE[page]:
        running = {section for section, entry in entries.items() if module in modules(entry)}
        assert running == {page, "claims", "conclusion", "robustness"}, module


def test_evidence_that_a_page_does_not_have_yet_is_missed(entries: dict[str, Entry]) -> None:
    absent = ("place", "helpers/materials_and_methods/evidence.py", "")
    assert absent in entries["materials-and-methods"].dependencies


ADDED = {
    # A row that no key or constraint forbids, and the sections that read the file.
    "heading_spellings": ("a heading of no table", {"data", "materials-and-methods"}),
    # The ledger says what the documents imply, wherever it is shown.
    "border_dictionary": (
        "a term of no text",
        {"data", "materials-and-methods", "discussion", "conclusion", "claims", "robustness"},
    ),
    "sme_register": (None, {"data", "materials-and-methods", "small-enterprises"}),
}


@pytest.mark.parametrize("name", ADDED)
def test_a_row_in_one_file_runs_the_sections_that_read_it_and_no_other(
    name: str, entries: dict[str, Entry], data_copy: Path
) -> None:
    root = data_copy.parent
    for folder in ("helpers", "borderbook"):
        (root / folder).symlink_to(ROOT / folder)
    unseen = {section: State(root).changed(entry) for section, entry in entries.items()}
    assert not any(unseen.values()), unseen

    path = data_copy / f"{name}.csv"
    first, reading = ADDED[name]
    last = path.read_text("utf-8").splitlines()[-1]
    added = f"{first},{last.partition(',')[2]}" if first else last
    path.write_text(f"{path.read_text('utf-8')}{added}\n", "utf-8")
    assert resources.seal() == [name]
    state = State(root)
    assert {section for section, entry in entries.items() if state.changed(entry)} == reading
