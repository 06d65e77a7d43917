"""Words, lemmas and the border dictionary."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderbook.corpus.lemmas import (
    DictionaryError,
    Search,
    Term,
    lemma,
    lemmas,
    matches,
    senses,
    sentences,
    terms,
    tokens,
)
from borderbook.corpus.readers import LANGUAGES

DICTIONARY = Path(__file__).parents[3] / "data" / "border_dictionary.csv"
shipped = pd.read_csv(DICTIONARY)
CATEGORIES = [
    *("border", "neighbour", "cross-border cooperation", "customs and integration"),
    *("transport and crossing points", "joint business"),
]


def found(text: str, language: str) -> list[str]:
    """The entries of the shipped dictionary that occur in one sentence."""
    words = [text[start:stop] for start, stop in tokens(text, language)]
    return [
        hit[2].lemma
        for hit in matches(lemmas(words, language), terms(shipped, language, CATEGORIES))
    ]


def dictionary(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["category", "language", "lemma"])


@pytest.mark.parametrize(
    "form", ["приграничье", "Приграничья", "приграничью", "приграничьем", "ПРИГРАНИЧЬЯХ"]
)
def test_every_case_of_a_word_unknown_to_opencorpora_has_one_lemma(form: str) -> None:
    assert lemma(form, "ru") == "приграничье"


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("приём", "ru", "прием"),
        ("Казахстаном", "ru", "казахстан"),
        ("Kazakhstan’s", "en", "kazakhstan"),
        ("Orenburg’s", "en", "orenburg"),
        ("SMEs", "en", "sme"),
        ("Euroregions", "en", "euroregion"),
        ("CIS", "en", "cis"),
        ("countries", "en", "country"),
    ],
)
def test_lemmas_of_names_and_abbreviations(word: str, language: str, expected: str) -> None:
    assert lemma(word, language) == expected


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert sentences("В 2015 г. Орск рос. Объём составил 5 млрд руб. в год.", "ru") == [
        "В 2015 г. Орск рос.",
        "Объём составил 5 млрд руб. в год.",
    ]
    assert sentences("Trade (e.g. grain) grew. It fell.", "en") == [
        "Trade (e.g. grain) grew.",
        "It fell.",
    ]


def test_words_broken_over_lines_are_joined_if_the_language_knows_them() -> None:
    text = "приграничное сотруд-\nничество и социально-\nэкономическое развитие"
    assert sentences(text, "ru") == [
        "приграничное сотрудничество и социально-экономическое развитие"
    ]
    assert sentences("coope-\nration across a cross-\nborder bridge", "en") == [
        "cooperation across a cross-border bridge"
    ]


def test_paragraphs_end_sentences_and_single_line_ends_do_not() -> None:
    assert sentences("Border\nregion\n\nTrade", "en") == ["Border region", "Trade"]


@given(st.text("abя ё–-’'.,5 \n", max_size=40), st.sampled_from(LANGUAGES))
def test_tokens_are_apart_in_order_and_leave_only_spaces(text: str, language: str) -> None:
    for sentence in sentences(text, language):
        rest, at = "", 0
        for start, stop in tokens(sentence, language):
            assert at <= start < stop
            rest += sentence[at:start]
            at = stop
        assert not (rest + sentence[at:]).strip()


# The shipped dictionary


def test_shipped_dictionary_is_sorted_and_covers_every_category_and_language() -> None:
    text = DICTIONARY.read_text("utf-8")
    lines = text.splitlines()
    assert lines[0] == "category,language,lemma,country,english"
    rows = [tuple(line.split(",")[:3]) for line in lines[1:]]
    assert rows == sorted(set(rows))
    assert len(rows) == len(shipped)
    shared = shipped[shipped["country"].isna() | (shipped["country"] == "KZ")]
    assert shared.groupby(["category", "language"]).size().between(8, 16).all()
    assert set(shipped["category"]) == set(CATEGORIES)
    assert [len(terms(shipped, language, CATEGORIES)) for language in LANGUAGES] == [
        int((shipped["language"] == language).sum()) for language in LANGUAGES
    ]


def test_russian_entries_are_written_as_lemmas() -> None:
    for key, term in terms(shipped, "ru", CATEGORIES).items():
        assert " ".join(key) == term.lemma


@pytest.mark.parametrize(
    ("language", "entry"), list(shipped[["language", "lemma"]].itertuples(index=False, name=None))
)
def test_every_entry_is_found_as_itself(language: str, entry: str) -> None:
    assert found(entry, language) == [entry]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "на границах с Казахстаном", ["граница", "казахстан"]),
        ("ru", "граничащих регионов приграничья", ["граничить", "приграничье"]),
        ("ru", "о приграничном сотрудничестве", ["приграничный сотрудничество"]),
        ("ru", "городов-побратимов и еврорегионов", ["город-побратим", "еврорегион"]),
        (
            "ru",
            "членов Евразийского экономического союза, ЕАЭС",
            ["евразийский экономический союз", "еаэс"],
        ),
        ("ru", "через автомобильные пункты пропуска", ["автомобильный пункт пропуск"]),
        ("ru", "погранпереходов и таможен", ["погранпереход", "таможня"]),
        ("ru", "двух совместных предприятий", ["совместный предприятие"]),
        ("ru", "в Западно-Казахстанской области", ["западно-казахстанский область"]),
        ("ru", "торговля Россия–Казахстан", ["казахстан"]),
        ("en", "bordering the neighbouring countries", ["border", "neighbouring country"]),
        ("en", "Kazakhstan's joint ventures", ["kazakhstan", "joint venture"]),
        ("en", "Customs Unions at border crossings", ["customs union", "border crossing"]),
        ("en", "sister cities and euroregions", ["sister city", "euroregion"]),
    ],
)
def test_inflected_text_meets_the_dictionary(language: str, text: str, expected: list[str]) -> None:
    assert found(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "ограниченный доступ, безграничный рост, страница"),
        ("en", "boarding, borderless growth, unaccustomed"),
    ],
)
def test_words_that_only_look_alike_are_not_terms(language: str, text: str) -> None:
    assert found(text, language) == []


# Matching


def test_longest_phrase_wins_over_an_earlier_shorter_one() -> None:
    entries = {("a", "b"): Term("x", "a b"), ("b", "c", "d"): Term("y", "b c d")}
    assert matches(("a", "b", "c", "d"), entries) == [(1, 3, Term("y", "b c d"))]


def test_phrase_does_not_run_over_punctuation_or_numbers() -> None:
    entries = {("a", "b"): Term("x", "a b")}
    assert matches(("a", None, "b"), entries) == []


@given(st.lists(st.sampled_from(["a", "b", "c", None]), max_size=12))
def test_no_word_counts_twice_and_none_is_missed(words: list[str | None]) -> None:
    entries = {
        ("a",): Term("x", "a"),
        ("a", "b"): Term("x", "a b"),
        ("b", "a", "c"): Term("y", "b a c"),
    }
    hits = matches(words, entries)
    taken = [at for first, last, _ in hits for at in range(first, last + 1)]
    assert len(taken) == len(set(taken))
    assert {at for at, word in enumerate(words) if word == "a"} <= set(taken)
    assert all(
        " ".join(map(str, words[first : last + 1])) == term.lemma for first, last, term in hits
    )


# Broken dictionaries


def test_every_fault_of_a_dictionary_stands_in_one_error() -> None:
    broken = dictionary(
        ("border", "en", "border"),
        ("frontier", "en", "frontier"),
        ("border", "kk", "шекара"),
        ("border", "en", ""),
        ("border", "en", "two  spaces"),
        ("border", "en", "one, two"),
        ("neighbour", "en", "borders"),
        ("border", "ru", "граница"),
        ("border", "ru", "границы"),
    )
    with pytest.raises(DictionaryError) as caught:
        terms(broken, "en", CATEGORIES)
    assert [line.split(": ")[0:2] for line in str(caught.value).splitlines()] == [
        ["dictionary, row 3, category", "'frontier' is none; use one of "
         + ", ".join(CATEGORIES)],
        ["dictionary, row 4, language", "'kk' is none; use one of ru, en"],
        *(
            [f"dictionary, row {number}, lemma", f"{entry!r} is not one or more words "
             "apart by single spaces; write it so"]
            for number, entry in ((5, ""), (6, "two  spaces"), (7, "one, two"))
        ),
        ["dictionary, row 8, lemma", "'borders' is 'border' of border again; keep one"],
        ["dictionary, row 10, lemma", "'границы' is 'граница' of border again; keep one"],
    ]  # fmt: skip


def test_dictionary_without_a_column_says_which() -> None:
    with pytest.raises(DictionaryError, match="no column language, lemma"):
        terms(pd.DataFrame({"category": []}), "en", CATEGORIES)


def hits(sentence: str, *rows: tuple[str, str]) -> int:
    """Return how often the border counts in a sentence, in the sense that rows give it."""
    table = pd.DataFrame(rows, columns=["use", "mark"]).assign(language="en", term="border")
    entries = terms(dictionary(("border", "en", "border")), "en", CATEGORIES)
    return len(Search(entries, "en", senses(table, "en")).hits(sentence))


def test_a_term_that_only_some_words_before_it_rule_out_counts_after_others() -> None:
    assert hits("The state border is here.", ("not after", "river")) == 1
    assert hits("The river border is here.", ("not after", "river")) == 0


def test_a_phrase_near_a_term_stands_on_one_side_of_it() -> None:
    near = ("near", "customs union")
    assert hits("The border of the customs union.", near) == 1
    assert hits("The customs union has a border.", near) == 1
    assert hits("We met customs border union men.", near) == 0
