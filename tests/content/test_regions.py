"""Groups of regions and their names, in every form in which the book writes them."""

from __future__ import annotations

import re

import pytest

from helpers import regions
from helpers.regions import Group, GroupError

KZ = Group("KZ")
WITHOUT_TWO = Group("KZ", exclude=("RU-CHE", "RU-AL"))
ALL_BUT_ONE = Group("BY", exclude=("RU-BRY", "RU-SMO"))


@pytest.mark.parametrize(
    ("group", "label", "called", "short", "count"),
    [
        (
            KZ,
            "the twelve Russian regions that border Kazakhstan",
            "the twelve regions that border Kazakhstan",
            "Border with Kazakhstan",
            "twelve",
        ),
        (
            Group("KZ", with_okrugs=True),
            "the twelve Russian regions that border Kazakhstan with the two okrugs of Tyumen "
            "Oblast",
            "the twelve regions that border Kazakhstan, with the two okrugs",
            "Border with Kazakhstan, with okrugs",
            "twelve",
        ),
        (
            WITHOUT_TWO,
            "ten of the twelve Russian regions that border Kazakhstan (without Chelyabinsk "
            "Oblast and Altai Republic)",
            "the ten regions chosen",
            "Border with Kazakhstan, 2 left out",
            "ten",
        ),
        (
            Group("KZ", exclude=("RU-CHE", "RU-CHE")),
            "eleven of the twelve Russian regions that border Kazakhstan (without Chelyabinsk "
            "Oblast)",
            "the eleven regions chosen",
            "Border with Kazakhstan, 1 left out",
            "eleven",
        ),
        (
            ALL_BUT_ONE,
            "Pskov Oblast (one of the three Russian regions that border Belarus)",
            "Pskov Oblast",
            "Border with Belarus, 2 left out",
            "one",
        ),
        (
            Group("KP"),
            "Primorsky Krai (the only Russian region that borders North Korea)",
            "Primorsky Krai",
            "Border with North Korea",
            "one",
        ),
        (
            Group("EE"),
            "the two Russian regions that border Estonia",
            "the two regions that border Estonia",
            "Border with Estonia",
            "two",
        ),
    ],
    ids=str,
)
def test_a_group_in_words(group: Group, label: str, called: str, short: str, count: str) -> None:
    assert (group.label, group.called) == (label, called)
    assert (group.short, group.count) == (short, count)


def test_the_papers_group_is_the_whole_border_and_no_other() -> None:
    assert KZ.is_the_papers
    assert not any(
        group.is_the_papers for group in (WITHOUT_TWO, Group("KZ", with_okrugs=True), Group("CN"))
    )


def test_okrugs_come_last_and_belong_to_no_border() -> None:
    codes = Group("KZ", with_okrugs=True).codes

    assert codes == (*KZ.codes, "RU-KHM", "RU-YAN")
    assert Group("KZ", with_okrugs=True).bordering == KZ.bordering == KZ.codes


ALLOWED = "RU-BRY, RU-PSK, RU-SMO"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"neighbour": "XX"},
            "'XX' is not a neighbour of Russia; "
            "allowed: AZ, BY, CN, EE, FI, GE, KP, KZ, LT, LV, MN, NO, PL, UA",
        ),
        (
            {"neighbour": "BY", "exclude": ("RU-CHE", "RU-BRY", "x")},
            "exclude: 'RU-CHE', 'x' not among the regions that border Belarus; allowed: {allowed}",
        ),
        (
            {"neighbour": "BY", "exclude": ("RU-BRY", "RU-PSK", "RU-SMO")},
            "exclude leaves no region of the group; keep one of {allowed}",
        ),
        (
            {"neighbour": "BY", "with_okrugs": True},
            "with_okrugs counts the okrugs in with Tyumen Oblast, which does not border Belarus; "
            "it applies to neighbour='KZ' only",
        ),
        (
            {"neighbour": "KZ", "exclude": ("RU-TYU",), "with_okrugs": True},
            "with_okrugs counts the okrugs in with RU-TYU, which is excluded",
        ),
    ],
)
def test_a_refusal_says_what_is_allowed(arguments: dict, message: str) -> None:
    allowed = ", ".join(Group("BY").bordering)
    with pytest.raises(GroupError, match=f"^{re.escape(message.format(allowed=allowed))}$"):
        Group(**arguments)
    assert sorted(Group("BY").bordering) == ALLOWED.split(", ")


@pytest.mark.parametrize(
    ("code", "name", "brief"),
    [
        ("RU", "Russia", "Russia"),
        ("RU-OMS", "Omsk Oblast", "Omsk"),
        ("RU-PRI", "Primorsky Krai", "Primorsky"),
        ("RU-AL", "Altai Republic", "Altai Republic"),
        ("RU-ALT", "Altai Krai", "Altai Krai"),
        ("RU-MOW", "Moscow", "Moscow"),
        ("RU-MOS", "Moscow Oblast", "Moscow Oblast"),
        ("RU-KHM", "Khanty-Mansi Autonomous Okrug - Yugra", "Khanty-Mansi"),
        ("RU-YAN", "Yamalo-Nenets Autonomous Okrug", "Yamalo-Nenets"),
        ("RU-BU", "Republic of Buryatia", "Buryatia"),
        ("RU-UD", "Udmurt Republic", "Udmurt"),
        ("KZ-10", "Abay Region", "Abay"),
    ],
)
def test_a_region_by_its_name_and_by_its_brief_name(code: str, name: str, brief: str) -> None:
    assert (regions.name(code), regions.brief(code)) == (name, brief)


def test_almaty_region_is_not_taken_for_the_city() -> None:
    [code] = [c for c in regions._regions().index if regions.name(c) == "Almaty Region"]

    assert regions.brief(code) == "Almaty Region"


def test_a_code_in_words_for_the_head_of_a_sweep() -> None:
    assert [regions.label(code) for code in ("RU-CHE", "KZ", "RU", "KZ-10", "2016")] == [
        "Chelyabinsk", "Kazakhstan", "", "", "",
    ]  # fmt: skip
    assert regions.names(["RU-OMS", "RU-AL", "RU-CHE"]) == "Omsk, Altai Republic and Chelyabinsk"


def test_subjects_are_those_of_russia_without_its_total() -> None:
    codes = list(regions.subjects().index)

    assert len(codes) == len(set(codes)) == 83
    assert all(code.startswith("RU-") for code in codes)


def test_the_other_side_of_the_border() -> None:
    assert all(regions.facing("KZ")["neighbours"] == "RU")
    assert set(regions.facing("KZ")["country"]) == {"KZ"}
    assert len(regions.facing("CN")) == 0


def test_neighbours_come_in_the_order_of_their_codes() -> None:
    assert list(regions.neighbours()) == sorted(regions.neighbours())
    assert regions.neighbours()["KP"] == "North Korea"
