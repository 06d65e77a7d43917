"""Exhibits of *Discussion* on the regions' strategies and programmes: the content analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import altair as alt
import pandas as pd

from borderbook import formatting
from borderbook.datapackage import resources
from borderbook.figures.charts import Chart, Drawing
from borderbook.figures.palette import NARROW, WIDE
from borderbook.figures.tables import Column, Table
from borderbook.formatting import counted, number, plural
from helpers import regions
from helpers.discussion import documents as corpus
from helpers.discussion import passages_exhibits as in_sentences
from helpers.discussion import strategies_text as text
from helpers.discussion.documents import APART, BORDER, KINDS, OTHERS, RESOURCES
from helpers.palette import PALETTE
from helpers.parameters import BorderYears

_WORDS, _PER = 1000, "per 1,000 words"
_COLOURS = {BORDER: PALETTE.strong, OTHERS: PALETTE.quiet, APART: PALETTE.ink}
_SAMPLE = (
    "The sample of the state register holds parts of documents, without tables. A phrase of the "
    "dictionary is one term; a number is no word."
)


def facts(p: BorderYears) -> dict[str, str]:
    """Return the inline values of the content analysis, name -> text."""
    line = text.threshold()
    return {
        "threshold": number(line, 0 if line.is_integer() else 2),
        "categories": formatting.count(resources.load("border_dictionary")["category"].nunique()),
        "documents": text.documents(p),
        "reflection": text.reflection(p),
        "together": text.together(p),
    }


def exhibits(p: BorderYears) -> Iterator[Table | Chart]:
    """Yield the chart and tables; without a document of the group what is missing."""
    if corpus.documents_of(p.group.codes).empty:
        yield missing(p)
        return
    yield strip(p)
    yield rates(p)
    yield implied(p)
    yield together(p)
    if not corpus.passages_of(p.group).empty:
        yield in_sentences.passages(p)
        yield in_sentences.lemmas(p)


def missing(p: BorderYears) -> Table:
    """Return what an author does so that the documents can be analysed."""
    # Imported here: nothing else needs the readers where no document is read.
    from borderbook.corpus.readers import READERS  # noqa: PLC0415

    columns = [field["name"] for field in resources.descriptor("documents")["schema"]["fields"]]
    every = len(corpus.documents_of(list(regions.subjects().index)))
    comes = plural(every, "comes", "come")
    others = f"The {counted(every, 'document')} here {comes} from other regions. " if every else ""
    steps = {
        "First": f"Put the file into data/documents/: {formatting.listing(list(READERS))}",
        "Then": f"Add its row to data/documents/index.csv: {formatting.listing(columns)}",
        "Last": "Run: borderbook seal, then: borderbook build",
    }
    return Table(
        "strategies-missing",
        "No strategy or programme of these regions is here, so no word of the border is counted",
        pd.DataFrame(steps.items(), columns=["step", "what"]),
        [Column("step", "Step"), Column("what", "What adds a document")],
        f"How to add documents of {p.group.label}",
        f"{others}Missing: a strategy or programme of "
        f"{formatting.listing(corpus.without(p.group.codes))}. Words are counted by the "
        "border dictionary, to which rows can be added.",
        resources.sources(*RESOURCES[:2]),
    )


def strip(p: BorderYears) -> Chart:
    """Return every document as a mark at its rate of border terms, a row for each region."""
    rows = corpus.measured(p.group)
    order = {BORDER: 0, OTHERS: 1, APART: 2}
    rows = rows.assign(
        place=rows["region"].map(regions.name),
        at=rows["group"].map(order),
        colour=rows["group"].map(_COLOURS),
    ).sort_values(["at", "place", "file"], kind="stable")
    counts = rows.groupby("place", sort=False).size()
    rows["label"] = [f"{place} ({counts[place]})" for place in rows["place"]]
    labels = list(dict.fromkeys(rows["label"]))
    border, others = (_Rate(rows[rows["group"] == key]) for key in (BORDER, OTHERS))
    view = (
        alt.Chart(rows[["label", "title", "kind", "rate", "count", "words", "colour"]])
        .mark_tick(thickness=2, height=14, opacity=0.75)
        .encode(
            x=alt.X(
                "rate:Q",
                title=f"Border terms {_PER}",
                scale=alt.Scale(type="sqrt", nice=True),
                axis=alt.Axis(values=[0, 0.25, 0.5, 1, 2, 4, 6, 8], format="~g"),
            ),
            y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=200)),
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("title:N", title="Document"),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip("rate:Q", title=f"Terms {_PER}", format=".2f"),
                alt.Tooltip("words:Q", title="Words", format=","),
            ],
        )
        .properties(width=WIDE, height=26 * len(labels))
    )
    by_region = [
        f"{label}: {_Rate(rows[rows['label'] == label]).text}, highest document "
        f"{number(rows.loc[rows['label'] == label, 'rate'].max(), 2)}"
        for label in labels
    ]
    return Chart(
        "strategies-strip",
        text.silent(rows[rows["group"] == BORDER]),
        Drawing(
            view,
            f"Border terms {_PER} by region, documents in brackets. {'; '.join(by_region)}.",
            {"width": NARROW},
        ),
        f"Border terms {_PER}, one mark a document, on a square-root scale; regions that border "
        f"{p.group.country} in red, number of documents in brackets",
        [
            f"All documents of the border together: {border.text}; of the others: {others.text}. "
            f"{_SAMPLE}",
            *_apart(rows),
        ],
        resources.sources(*RESOURCES[:2]),
    )


def rates(p: BorderYears) -> Table:
    """Return the rate of border terms by category, kind and level, border beside others."""
    rows = corpus.measured(p.group)
    result = corpus.analysis_of(p.group)
    by_category = result.categories.pivot_table(
        index="file", columns="category", values="count", sort=False
    )
    records = [("All", "All documents", rows)]
    for category in corpus.categories():
        counts = rows.assign(count=rows["file"].map(by_category[category]).astype(int))
        records.append(("Category", category.capitalize(), counts))
    for head, column, values in (
        ("Kind", "kind", list(dict.fromkeys(KINDS.values()))),
        ("Level", "level", ["Region", "Municipality"]),
    ):
        records += [(head, value, rows[rows[column] == value]) for value in values]
    table = pd.DataFrame(
        [
            {"by": by, "of": of, **_side(part, BORDER), **_side(part, OTHERS)}
            for by, of, part in records
        ]
    )
    border, others = (_Rate(rows[rows["group"] == key]) for key in (BORDER, OTHERS))
    heads = {BORDER: f"Borders {p.group.country}", OTHERS: "Does not"}
    return Table(
        "strategies-rates",
        f"At the border {number(border.rate, 2)} border terms {_PER}, elsewhere "
        f"{number(others.rate, 2)}",
        table,
        [
            Column("of", "Documents or terms"),
            Column("by", "By"),
            *(
                column
                for key, head in heads.items()
                for column in (
                    Column(f"{key} rate", "Rate", _PER, digits=2, group=head),
                    Column(f"{key} interval", "95 % interval", group=head),
                    Column(f"{key} documents", "Documents", digits=0, group=head),
                    Column(f"{key} words", "Words", digits=0, group=head),
                )
            ),
        ],
        f"Border terms {_PER}; {_who(rows)}",
        [
            "Intervals by bootstrap over documents, seed fixed; they take the documents here for a "
            "random sample, which only the register's part is. A dash: no document of the kind.",
            _SAMPLE,
            "Whether граница is the state's border was judged by hand in 129 passages that the "
            "rule was not written from: it takes 13 for one, 11 rightly, and misses one "
            "(precision 85 %, 95 % interval 58 to 96; recall 92 %, 65 to 99).",
            *_apart(rows),
        ],
        resources.sources(*RESOURCES[:3]),
    )


def implied(p: BorderYears) -> Table:
    """Return how many documents of the group lie below thresholds, by kind of document."""
    rows, line = pd.concat(corpus.compared(p.group)), text.threshold()
    kinds = [kind for kind in dict.fromkeys(KINDS.values()) if (rows["kind"] == kind).any()]
    table = pd.DataFrame(
        [
            {"kind": kind, "documents": len(part), "none": int((part["count"] == 0).sum())}
            | {f"below {x:g}": int((part["rate"] < x).sum()) for x in corpus.thresholds(line)}
            for kind, part in [(k, rows[rows["kind"] == k]) for k in kinds] + [("All", rows)]
        ]
    )
    absent = formatting.listing(corpus.without(p.group.codes))
    return Table(
        "strategies-implied",
        formatting.capitalized("; ".join(text.against(p, corpus.terms_per(line)))),
        table,
        [
            Column("kind", "Kind"),
            Column("documents", "Documents", digits=0),
            Column("none", "No term", digits=0, group="Documents with"),
            *(
                Column(f"below {x:g}", f"Less than {x:g}", digits=0, group="Documents with")
                for x in corpus.thresholds(line)
            ),
        ],
        f"Documents by their border terms {_PER}; {corpus.regions_with(rows)}",
        [f"No strategy or programme for small enterprises is here of {absent}."] * bool(absent),
        resources.sources(*RESOURCES[:2]),
    )


def together(p: BorderYears) -> Table:
    """Return how many sentences speak of the border, of small enterprise, and of both at once."""
    rows = corpus.measured(p.group)
    names = {BORDER: f"Borders {p.group.country}", OTHERS: "Does not", APART: "Not of the sample"}
    sums = rows.groupby("group")[["sentences", "others", "both"]].sum()
    sums = sums.assign(documents=rows.groupby("group").size())
    table = sums.loc[[key for key in names if key in sums.index]].rename(index=names)
    both = int(rows.loc[rows["group"] == BORDER, "both"].sum())
    return Table(
        "strategies-together",
        f"{formatting.capitalized(formatting.count(both)) if both else 'No'} "
        f"{plural(both, 'sentence', 'sentences')} from the border "
        f"{plural(both, 'speaks', 'speak')} of it and of small enterprise at once",
        table.rename_axis("name").reset_index(),
        [
            Column("name", "Regions"),
            Column("documents", "Documents", digits=0),
            Column("sentences", "The border", digits=0, group="Sentences that speak of"),
            Column("others", "Small enterprise", digits=0, group="Sentences that speak of"),
            Column("both", "Both", digits=0, group="Sentences that speak of"),
        ],
        f"Sentences with a term of either dictionary; {_who(rows)}",
        _apart(rows),
        resources.sources(*RESOURCES),
    )


class _Rate:
    """Border terms per 1,000 words of some documents taken together, with its interval."""

    def __init__(self, rows: pd.DataFrame) -> None:
        from borderbook.corpus import bootstrap  # noqa: PLC0415

        self.documents, self.words = len(rows), int(rows["words"].sum())
        self.rate = _WORDS * int(rows["count"].sum()) / self.words if self.words else float("nan")
        self.low, self.high = bootstrap.interval(list(rows["count"]), list(rows["words"]), _WORDS)

    @property
    def interval(self) -> str | None:
        """The interval in words; None where there are too few documents for one."""
        if self.documents < 2:
            return None
        return f"{number(self.low, 2)} to {number(self.high, 2)}"

    @property
    def text(self) -> str:
        """The rate with its interval."""
        return number(self.rate, 2) + (f" ({self.interval})" if self.interval else "")


def _side(rows: pd.DataFrame, group: str) -> Mapping[str, object]:
    rate = _Rate(rows[rows["group"] == group])
    return {f"{group} {name}": getattr(rate, name)
            for name in ("rate", "interval", "documents", "words")}  # fmt: skip


def _who(rows: pd.DataFrame) -> str:
    border, others = (
        rows.loc[rows["group"] == key, "region"].nunique() for key in (BORDER, OTHERS)
    )
    return f"{counted(border, 'region')} of the border beside {counted(others, 'other')}"


def _apart(rows: pd.DataFrame) -> list[str]:
    """Return a note on the documents that are not of the sample; none if there are none."""
    apart = rows[rows["group"] == APART]
    if apart.empty:
        return []
    return [
        f"Not from the sample and so apart: {counted(len(apart), 'document')} of "
        f"{corpus.regions_with(apart)}, {_Rate(apart).text} {_PER}."
    ]
