"""The documents of regions and what they say of the border: counts, rates, where terms stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources
from helpers import regions
from helpers.regions import OKRUGS, Group

# The readers of formats and the lemmatisers are heavy: they are imported where documents are read.
if TYPE_CHECKING:
    from borderbook.corpus.analysis import Analysis
    from borderbook.corpus.counting import Counter
    from borderbook.corpus.index import Document

RESOURCES = ("documents", "border_dictionary", "border_senses", "enterprise_dictionary")
"""What the content analysis reads, beside the documents themselves."""

KINDS = {
    "strategy": "Strategy",
    "programme for small enterprises": "Programme for small enterprises",
    "plan of a strategy": "Plan of a strategy",
    "programme": "Other programme",
    "forecast": "Forecast",
    "budget forecast": "Forecast",
}
"""The kinds of documents as they are compared."""

OF_THE_PAPER = ("strategy", "programme for small enterprises")
"""The kinds of documents that the paper speaks of, where they are a region's."""

BORDER, OTHERS, APART = "border", "others", "apart"
"""Documents of the group; of regions without this border, from the same sample; the rest."""

_NO_DOCUMENT = {"README.md", "index.csv"}


def documents_of(codes: Sequence[str]) -> pd.DataFrame:
    """Return the index's rows on documents of regions `codes`, in its order.

    Raises DocumentError if the folder has a file that no row names, or lacks one that a row names.
    """
    rows = _index()
    return rows[rows["region"].isin(list(codes))]


def of_the_paper(codes: Sequence[str]) -> pd.DataFrame:
    """Return those rows of `documents_of` that the paper speaks of.

    They are strategies of a region, and programmes of a region for small enterprises.
    """
    rows = documents_of(codes)
    return rows[rows["kind"].isin(OF_THE_PAPER) & (rows["level"] == "regional")]


def without(codes: Sequence[str]) -> list[str]:
    """Return the names of those regions of `codes` that have no document `of_the_paper`."""
    present = set(of_the_paper(codes)["region"])
    return [regions.name(code) for code in codes if code not in present]


def compared(group: Group) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the group's documents as `measured` has them: those `of_the_paper`, and the others."""
    rows = measured(group)
    rows = rows[rows["group"] == BORDER]
    named = rows["file"].isin(of_the_paper(group.codes)["file"])
    return rows[named], rows[~named]


def thresholds(line: float) -> tuple[float, float, float]:
    """Return the rates under which documents are looked at: a statement's, its half and double."""
    return line / 2, line, 2 * line


def terms_per(rate: float) -> str:
    """Return a rate of border terms in words.

    >>> terms_per(1), terms_per(0.5)
    ('one border term per 1,000 words', '0.5 border terms per 1,000 words')
    """
    whole = formatting.count(int(rate)) if float(rate).is_integer() else f"{rate:g}"
    return f"{whole} {'border term' if rate == 1 else 'border terms'} per 1,000 words"


def regions_with(rows: pd.DataFrame) -> str:
    """Return the names of the regions that rows are about, in a list of words."""
    return formatting.listing([regions.name(code) for code in dict.fromkeys(rows["region"])])


def passages_of(group: Group) -> pd.DataFrame:
    """Return the passages of the group's documents, one row a term."""
    rows = analysis_of(group).passages
    return rows[rows["subject"].isin(group.codes)]


@resources.remembered
def measured(group: Group) -> pd.DataFrame:
    """Return every document with its counts and `group`, BORDER, OTHERS or APART.

    Columns of the index; `words`, `count` (border terms) and `rate` (per 1,000 words); `sentences`
    with a border term, `others` with a term of small enterprise, `both` with both at once; `kind`
    as in KINDS. APART are documents that are not from the sample of the state register. Documents
    of bordering regions that the group leaves out are left out.
    """
    rows = _index()
    inside = rows["region"].isin(group.codes)
    near = rows["region"].isin([*group.bordering, *OKRUGS]) & ~inside
    result = analysis_of(group)
    keys = ["file", "part", "paragraph", "sentence"]
    sentences = result.passages.groupby(keys, as_index=False).agg(with_other=("with_other", "any"))
    by_file = sentences.groupby("file").agg(
        sentences=("with_other", "size"), both=("with_other", "sum")
    )
    counts = result.documents.set_index("file")[["words", "count", "rate", "others"]]
    rows = rows.assign(
        group=pd.Series(OTHERS, rows.index)
        .mask(rows["registration"] == "", APART)
        .mask(inside, BORDER),
        kind=rows["kind"].map(KINDS),
        level=rows["level"].map({"regional": "Region", "municipal": "Municipality"}),
    )[~near]
    rows = rows.join(counts, on="file").join(by_file, on="file")
    return rows.fillna({"sentences": 0, "both": 0}).astype({"sentences": int, "both": int})


@resources.remembered
def analysis_of(group: Group) -> Analysis:
    """Return what all documents say of the border, the neighbour's terms those of the group's.

    See `analysis.tables`; the terms of other neighbours are not counted.
    """
    from borderbook.corpus import analysis  # noqa: PLC0415

    documents, counter = _counted()
    dictionary = resources.load("border_dictionary")
    of_others = ~dictionary["country"].isin(["", group.neighbour])
    foreign = frozenset(dictionary["lemma"][of_others])
    return analysis.tables(documents, counter, categories(), foreign)


def categories() -> list[str]:
    """Return the categories of border terms, in the order of the dictionary's description."""
    fields = resources.descriptor("border_dictionary")["schema"]["fields"]
    (category,) = [field for field in fields if field["name"] == "category"]
    return list(category["constraints"]["enum"])


@resources.remembered
def _index() -> pd.DataFrame:
    rows = resources.load("documents")
    files = {name for name, *_ in resources.listing("documents") if not name.startswith((".", "~"))}
    if files - _NO_DOCUMENT != set(rows["file"]):
        from borderbook.corpus import index  # noqa: PLC0415

        index.load_index(resources.folder() / "documents", list(regions.subjects().index), "region")
    return rows


@resources.remembered
def _counted() -> tuple[tuple[Document, ...], Counter]:
    """Return every document with its counts, which are kept by what it says."""
    from borderbook.corpus import counting, index  # noqa: PLC0415

    resources.listing("documents")
    folder = resources.folder()
    counter = counting.Counter(
        resources.load("border_dictionary"),
        categories(),
        resources.load("enterprise_dictionary"),
        resources.load("border_senses"),
    )
    codes, store = list(regions.subjects().index), folder.parent / ".cache" / "documents"
    return index.load(folder / "documents", codes, "region", counter, store), counter
