"""References as the rendered page has them: the paper's list, in its order, with its numbers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import html5lib
import yaml

from borderbook.publishing import build
from tests.real_book import ROOT

PAPERS_LIST = range(1, 24)
"""The numbers of the paper's own list."""


def entries() -> dict[int, str]:
    """Return the file of references as text: an entry each, by the number in the paper's list."""
    parts = re.split(r"^(?=@)", (ROOT / "book/references.bib").read_text("utf-8"), flags=re.M)[1:]
    numbers = [re.search(r"refnumber\s*=\s*\{(\d+)\}", part) for part in parts]
    return {int(n[1]): part for n, part in zip(numbers, parts, strict=True) if n}


def test_each_reference_bears_the_number_of_the_papers_list(copied: Path, tmp_path: Path) -> None:
    """The list is rendered with citations in another order than the paper's."""
    by_number = entries()
    assert list(by_number) == list(PAPERS_LIST)
    keys = {n: part.partition("{")[2].partition(",")[0] for n, part in by_number.items()}
    cited = [23, 3, 14]
    shutil.copyfile(ROOT / "book/references.md", copied / "book/references.md")
    toc = yaml.safe_load((copied / "_toc.yml").read_text("utf-8"))
    toc["chapters"] = [{"file": "book/one"}, {"file": "book/references"}]
    (copied / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")
    (copied / "book/one.md").write_text(
        "# Citing\n\n" + "\n\n".join(f"Cites {{cite}}`{keys[n]}`." for n in cited) + "\n", "utf-8"
    )
    (copied / "book/index.md").write_text("# Door\n\n[In](one.md)\n", "utf-8")

    build.render(copied, {}, tmp_path / "html")

    def page(name: str) -> object:
        text = (tmp_path / "html/book" / name).read_text("utf-8")
        return html5lib.parse(text, namespaceHTMLElements=False)

    listed = page("references.html").findall(".//div[@class='citation']")  # type: ignore[attr-defined]
    shown = [" ".join("".join(entry.itertext()).split()) for entry in listed]
    assert [int(re.match(r"\[(\d+)\]", text)[1]) for text in shown] == list(PAPERS_LIST)  # type: ignore[index]
    for number, text in zip(PAPERS_LIST, shown, strict=True):
        title = re.search(r"^\s*title\s*=\s*\{(.+)\},$", by_number[number], re.M)
        assert title
        first = re.findall(r"[A-Za-z]{4,}", title[1])[:3]
        assert all(word.lower() in text.lower() for word in first), (number, text)
    links = page("one.html").findall(".//a[@class='reference internal']")  # type: ignore[attr-defined]
    labels = ["".join(link.itertext()) for link in links if "references.html#" in link.get("href")]
    assert labels == [str(number) for number in cited]
