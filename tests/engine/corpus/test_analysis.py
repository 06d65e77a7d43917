"""Content analysis of documents whose counts are worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_index import pdf

from borderbook.corpus import analysis
from borderbook.corpus.analysis import Analysis, ContentError
from borderbook.corpus.counting import Counter
from borderbook.corpus.index import COLUMNS, Document, Part, load
from borderbook.corpus.lemmas import DictionaryError

DICTIONARY = pd.read_csv(Path(__file__).parents[3] / "data" / "border_dictionary.csv")
CATEGORIES = [
    *("border", "neighbour", "cross-border cooperation", "customs and integration"),
    *("transport and crossing points", "joint business"),
]

# Words and terms by hand: the opening has 6 and 2 in Russian, 4 and 2 in English; the heading 2 and
# 1; the body 11 and 3 (7 + 4 words), in English 13 and 3 (9 + 4). Numbers are no words.
OPENING = {
    "ru": "Оренбургская область граничит с Республикой Казахстан.",
    "en": "Our region borders Kazakhstan.",
}
HEADING = {"ru": "Таможенный союз", "en": "Customs Union"}
BODY = {
    "ru": "В 2016 г. приграничное сотрудничество росло: 12 совместных предприятий. "
    "Новый пункт пропуска открыт.",
    "en": "Cross-border cooperation grew, and one joint venture opened in 2016. "
    "A checkpoint is new.",
}
WORDS = {"ru": [6, 13], "en": [4, 15]}


def analyse(documents: Sequence[Document], dictionary: pd.DataFrame) -> Analysis:
    return analysis.tables(documents, Counter(dictionary, CATEGORIES), CATEGORIES)


def as_text(language: str) -> bytes:
    return f"{OPENING[language]}\n\n{HEADING[language]}\n\n{BODY[language]}\n".encode()


def as_html(language: str) -> bytes:
    opening, heading, body = OPENING[language], HEADING[language], BODY[language]
    return f"<p>{opening}</p><h2>{heading}</h2><p>{body}</p><script>border</script>".encode()


def as_pdf(language: str) -> bytes:
    first, rest = BODY[language].split(" ", 1)
    return pdf([OPENING[language], f"{HEADING[language]}\n{first}\n{rest}"])


def as_word(language: str, path: Path) -> None:
    package = docx.Document()
    package.add_paragraph(OPENING[language])
    package.add_heading(HEADING[language])
    package.add_table(rows=1, cols=1).cell(0, 0).text = BODY[language]
    package.save(str(path))


def read_folder(folder: Path) -> tuple[Document, ...]:
    """One document in four formats and two languages, Russian of Orenburg, English of Kurgan."""
    rows = [",".join(COLUMNS)]
    for language, region in (("ru", "RU-ORE"), ("en", "RU-KGN")):
        for kind, made in ((".txt", as_text), (".html", as_html), (".pdf", as_pdf)):
            (folder / f"{language}{kind}").write_bytes(made(language))
        as_word(language, folder / f"{language}.docx")
        rows += [
            f"{language}{kind},{region},{language},A title,2016,https://example.org,free"
            for kind in (".txt", ".html", ".pdf", ".docx")
        ]
    (folder / "index.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return load(folder, {"RU-ORE", "RU-KGN"})


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    return analyse(read_folder(tmp_path_factory.mktemp("documents")), DICTIONARY)


def english(text: str, file: str = "a.txt", subject: str = "RU-ORE") -> Document:
    return Document(file, (Part("", text),), subject, "en")


FORMATS = [
    f"{language}.{kind}" for language in ("ru", "en") for kind in ("txt", "html", "docx", "pdf")
]


@pytest.mark.parametrize("file", FORMATS)
def test_every_format_and_language_gives_the_counts_worked_out_by_hand(
    result: Analysis, file: str
) -> None:
    row = result.documents.set_index("file").loc[file]
    assert (row["words"], row["count"], row["rate"]) == (19, 6, 6000 / 19)
    counts = result.categories[result.categories["file"] == file]
    assert dict(zip(counts["category"], counts["count"], strict=True)) == dict.fromkeys(
        CATEGORIES, 1
    )
    assert counts["rate"].tolist() == [1000 / 19] * 6


@pytest.mark.parametrize("file", FORMATS)
def test_parts_say_where_the_terms_stand(result: Analysis, file: str) -> None:
    language, kind = file.split(".")
    rows = result.parts[result.parts["file"] == file]
    headings = {
        "txt": [""],
        "pdf": ["page 1", "page 2"],
        "html": ["", HEADING[language]],
        "docx": ["", HEADING[language]],
    }[kind]
    assert rows["heading"].tolist() == headings
    assert rows["words"].tolist() == ([19] if kind == "txt" else WORDS[language])
    assert rows["count"].tolist() == ([6] if kind == "txt" else [2, 4])


def test_lemmas_are_named_as_in_the_dictionary(result: Analysis) -> None:
    table = result.lemmas
    assert table[table["file"] == "ru.docx"]["lemma"].tolist() == [
        "граничить",
        "республика казахстан",
        "приграничный сотрудничество",
        "таможенный союз",
        "пункт пропуск",
        "совместный предприятие",
    ]
    assert set(table["count"]) == {1}


def test_passage_is_the_sentence_with_its_heading_and_place(result: Analysis) -> None:
    table = result.passages
    row = table[(table["file"] == "ru.html") & (table["category"] == "joint business")].iloc[0]
    assert row.to_dict() == {
        "file": "ru.html",
        "subject": "RU-ORE",
        "part": 2,
        "heading": "Таможенный союз",
        "paragraph": 2,
        "sentence": 1,
        "word": 14,
        "category": "joint business",
        "lemma": "совместный предприятие",
        "left": "В 2016 г. приграничное сотрудничество росло: 12 ",
        "keyword": "совместных предприятий",
        "right": ".",
        "with_other": False,
    }


def test_subjects_are_compared_by_all_their_documents() -> None:
    result = analyse(
        [
            english("The border is here.", "a.txt", "RU-ORE"),
            english("No such word in here at all.", "b.txt", "RU-ORE"),
            english("Border border.", "c.txt", "RU-KGN"),
            english("Nothing.", "d.txt", "RU-ALT"),
        ],
        DICTIONARY,
    )
    assert result.subjects.to_dict("records") == [
        {"subject": "RU-ALT", "documents": 1, "words": 1, "count": 0, "rate": 0, "rank": 3},
        {"subject": "RU-KGN", "documents": 1, "words": 2, "count": 2, "rate": 1000, "rank": 1},
        {
            "subject": "RU-ORE",
            "documents": 2,
            "words": 11,
            "count": 1,
            "rate": 1000 / 11,
            "rank": 2,
        },
    ]
    counts = result.subject_categories.set_index(["subject", "category"])["count"]
    assert len(counts) == 3 * len(CATEGORIES)
    assert counts[counts > 0].to_dict() == {("RU-KGN", "border"): 2, ("RU-ORE", "border"): 1}


def test_word_of_a_phrase_counts_once() -> None:
    table = analyse([english("Customs and the customs union.")], DICTIONARY).lemmas
    assert dict(zip(table["lemma"], table["count"], strict=True)) == {
        "customs": 1,
        "customs union": 1,
    }


def test_phrase_does_not_run_from_one_sentence_or_paragraph_to_the_next() -> None:
    text = "We met customs. Union men came.\n\nA joint\n\nventure"
    assert analyse([english(text)], DICTIONARY).lemmas["lemma"].tolist() == ["customs"]


def test_page_without_text_is_counted_and_has_no_rate() -> None:
    document = replace(english(""), parts=(Part("page 1", ""), Part("page 2", "The border")))
    result = analyse([document], DICTIONARY)
    assert result.documents["parts_without_text"].tolist() == [1]
    assert result.parts["rate"].isna().tolist() == [True, False]


def test_dictionary_of_one_language_does_not_meet_the_other() -> None:
    entry = pd.DataFrame([{"category": "border", "language": "ru", "lemma": "граница"}])
    assert analyse([english("Граница, border")], entry).documents["count"].tolist() == [0]


def test_entry_that_an_author_adds_is_counted() -> None:
    entry = pd.DataFrame([{"category": "border", "language": "en", "lemma": "steppe road"}])
    longer = pd.concat([DICTIONARY, entry], ignore_index=True)
    documents = [english("Steppe roads.")]
    assert analyse(documents, DICTIONARY).documents["count"].tolist() == [0]
    assert analyse(documents, longer).documents["count"].tolist() == [1]


def test_without_documents_tables_are_empty_and_keep_their_columns(result: Analysis) -> None:
    empty = analyse([], DICTIONARY)
    for name, table in vars(empty).items():
        full = getattr(result, name)
        assert len(table) == 0
        assert table.dtypes.to_dict() == full.dtypes.to_dict()


def test_documents_that_cannot_be_analysed_stand_in_one_error() -> None:
    documents = [english("one"), english("two"), replace(english("three", "b.txt"), language="")]
    with pytest.raises(ContentError) as caught:
        analyse(documents, DICTIONARY)
    assert str(caught.value).splitlines() == [
        "a.txt: two documents have this name; rename one",
        "b.txt: its language is ''; use ru or en",
    ]


def test_document_without_a_word_is_refused() -> None:
    with pytest.raises(ContentError, match=r"a\.txt: there is no word"):
        analyse([english("12 %")], DICTIONARY)


def test_broken_dictionary_is_refused() -> None:
    with pytest.raises(DictionaryError):
        analyse([english("The border.")], DICTIONARY.assign(category="else"))


# Properties

texts = st.lists(
    st.sampled_from(["border", "trade", "customs", "union", "joint", "venture", "2016", "grows"]),
    max_size=8,
).map(lambda words: " ".join(["We", *words]) + ".")


@settings(max_examples=25, deadline=None)
@given(texts, st.integers(1, 5))
def test_rate_does_not_depend_on_how_often_a_text_is_repeated(text: str, times: int) -> None:
    once = analyse([english(text)], DICTIONARY).documents.iloc[0]
    often = analyse([english("\n\n".join([text] * times))], DICTIONARY).documents.iloc[0]
    assert often["rate"] == pytest.approx(once["rate"])
    assert (often["words"], often["count"]) == (times * once["words"], times * once["count"])


@settings(max_examples=25, deadline=None)
@given(st.lists(texts, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_order_of_documents_and_dictionary_does_not_matter(written: list[str], random) -> None:  # type: ignore[no-untyped-def]
    documents = [
        english(text, f"{at}.txt", ("RU-ORE", "RU-KGN")[at % 2]) for at, text in enumerate(written)
    ]
    shuffled = random.sample(documents, len(documents))
    first = analyse(documents, DICTIONARY)
    second = analyse(shuffled, DICTIONARY.iloc[::-1])
    for name, table in vars(first).items():
        pd.testing.assert_frame_equal(table, getattr(second, name))


@settings(max_examples=25, deadline=None)
@given(st.lists(texts, min_size=1, max_size=3))
def test_every_table_counts_the_same_terms(written: list[str]) -> None:
    documents = [english(text, f"{at}.txt") for at, text in enumerate(written)]
    result = analyse(documents, DICTIONARY)
    for name, table in vars(result).items():
        if name != "passages":
            assert table["count"].sum() == len(result.passages)
    assert result.parts["words"].sum() == result.documents["words"].sum()
