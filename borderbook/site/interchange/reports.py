"""What readers say to a verdict: a report that is written for them, and the answers that came in.

Both stand at the end of each statement's evidence. Where the descriptor names a repository the
report is a link to a new issue there, else a text to copy. Answers are rows of the resource marked
`responses`, with the fields `claim`, `date`, `author`, `response` and `address`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from typing import Any
from urllib.parse import quote, urlsplit

from sphinx.application import Sphinx

from borderbook.datapackage import descriptor, resources

MARK = "responses"
"""The property of the resource that holds the answers."""

_CARD = re.compile(
    r'<details class="claim" id="claim-(?P<claim>[^"]*)"><summary>'
    r'<span class="verdict [^"]*">(?P<verdict>[^<]*)</span>.*?(?P<end></dl></details>)',
    re.DOTALL,
)


def with_reports(
    html: str,
    facts: Mapping[str, str],
    repository: str | None,
    responses: Mapping[str, Sequence[Mapping[str, Any]]],
) -> str:
    """Return a page, each of its statements with a report to send and the answers that came in.

    `facts` are what a report says of the book: `edition`, `digest`, `version`; `responses` are by
    claim.

    >>> card = '<details class="claim" id="claim-rye"><summary><span class="verdict v">differs'
    >>> card += '</span> Most is rye.</summary><dl id="why-rye"></dl></details>'
    >>> facts = {"edition": "as published", "digest": "4d30", "version": "1.0"}
    >>> print(with_reports(card, facts, None, {}).partition("<pre>")[2].partition("</pre>")[0])
    Statement: rye
    Verdict: differs
    Edition: as published
    Figures: digest 4d30
    Version: 1.0
    <BLANKLINE>
    What is wrong, and what shows it:
    """

    def completed(card: re.Match[str]) -> str:
        claim, end = unescape(card["claim"]), card["end"]
        answers = "".join(map(_answer, responses.get(claim, ())))
        report = _report(claim, unescape(card["verdict"]), facts, repository)
        return f"{card[0].removesuffix(end)}{answers}{report}{end}"

    return _CARD.sub(completed, html)


def _answer(row: Mapping[str, Any]) -> str:
    link = f' <a href="{escape(row["address"])}">In full</a>' if row["address"] else ""
    return (
        f'<dt class="response">Response of {escape(row["author"])}, {row["date"]:%Y-%m-%d}</dt>'
        f"<dd>{escape(row['response'])}{link}</dd>"
    )


def _report(claim: str, verdict: str, facts: Mapping[str, str], repository: str | None) -> str:
    """Return how a reader disagrees with a verdict: a link, or a text to copy."""
    text = (
        f"Statement: {claim}\nVerdict: {verdict}\nEdition: {facts['edition']}\n"
        f"Figures: digest {facts['digest']}\nVersion: {facts['version']}\n\n"
        "What is wrong, and what shows it:"
    )
    if repository:
        address = escape(_issue(repository, f"Verdict on {claim}", text))
        return f'<dt>Do you disagree?</dt><dd><a href="{address}">Report it</a></dd>'
    return (
        '<dt>Do you disagree?</dt><dd><details class="report"><summary>Text of a report, to copy'
        f"</summary><pre>{escape(text)}</pre></details></dd>"
    )


def _issue(repository: str, title: str, text: str) -> str:
    """Return the address of a new issue, filled in, as GitHub, Gitea and GitLab read it.

    >>> _issue("https://gitlab.example/rye", "One", "Two words")
    'https://gitlab.example/rye/-/issues/new?issue[title]=One&issue[description]=Two%20words'
    """
    place, names = "issues/new", ("title", "body")
    if "gitlab" in (urlsplit(repository).hostname or ""):
        place, names = "-/issues/new", ("issue[title]", "issue[description]")
    filled = "&".join(f"{n}={quote(v, '')}" for n, v in zip(names, (title, text), strict=True))
    return f"{repository.rstrip('/')}/{place}?{filled}"


def _responses() -> dict[str, list[dict[str, Any]]]:
    """Return the answers that came in, by claim, in the order of the data."""
    answers: dict[str, list[dict[str, Any]]] = {}
    for name in resources.marked(MARK):
        rows = resources.load(name)
        for row in rows.astype(object).where(rows.notna(), "").to_dict("records"):
            answers.setdefault(str(row["claim"]), []).append({str(k): v for k, v in row.items()})
    return answers


def _configure(app: Sphinx, config: Any) -> None:
    there = descriptor.exists(descriptor.folder())
    config.edition["repository"] = descriptor.repository() if there else None
    config.edition["responses"] = _responses() if there else {}


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    state = app.config.edition
    if state["digest"] and "body" in context:
        facts = {
            "edition": context["edition"]["parameters"],
            "digest": state["digest"],
            "version": state["version"],
        }
        context["body"] = with_reports(
            context["body"], facts, state["repository"], state["responses"]
        )


# After the page's foot is settled, which says what edition it is of.
EVENTS = (("config-inited", _configure, 600), ("html-page-context", _add, 700))
