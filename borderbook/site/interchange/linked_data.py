"""What a page says of itself to machines: `citation_*` for libraries, schema.org for engines.

The first page is the book, a `ScholarlyArticle` on the one that it checks; the data dictionary has
a `Dataset` for each resource, a page with statements a `ClaimReview` for each of them. What the
descriptor does not know of the work, its title and authors, is left out.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from borderbook import book
from borderbook.claims.model import VERDICTS
from borderbook.datapackage import descriptor
from borderbook.parameters import model
from borderbook.results import extract
from borderbook.site.interchange import archive

_CONTEXT = "https://schema.org"
_RATINGS = {"holds": 4, "holds-rounded": 3, "differs": 1, "not-checkable": None}
"""How well a statement came off, from 1 to 4: what cannot be checked has no rating."""


def html(documents: Sequence[Mapping[str, Any]], citation: Mapping[str, str]) -> str:
    """Return documents of schema.org and fields of a citation as elements of a page's head.

    >>> print(html([{"@type": "Dataset", "name": "</script>"}], {"citation_title": "On rye"}))
    <meta name="citation_title" content="On rye">
    <script type="application/ld+json">{"@type":"Dataset","name":"\\u003c/script>"}</script>
    """
    metas = [f'<meta name="{name}" content="{escape(text)}">' for name, text in citation.items()]
    written = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in documents]
    scripts = [
        f'<script type="application/ld+json">{text.replace("<", chr(92) + "u003c")}</script>'
        for text in written
    ]
    return "\n".join([*metas, *scripts])


def work(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the text that is checked, as far as it is known, as schema.org has it.

    >>> work({"title": "On rye", "journal": "Loaves", "volume": "3", "pages": "4-7"})["isPartOf"]
    {'@type': 'PublicationVolume', 'volumeNumber': '3', 'isPartOf': {'@type': 'Periodical', \
'name': 'Loaves'}}
    """
    names = {"title": "headline", "pages": "pagination", "year": "datePublished", "url": "url"}
    document: dict[str, Any] = {"@type": "ScholarlyArticle"}
    document |= {new: known[name] for name, new in names.items() if name in known}
    if "authors" in known:
        document["author"] = [_person(each) for each in known["authors"]]
    if "publisher" in known:
        document["publisher"] = _organization(known["publisher"])
    if "journal" in known:
        part: dict[str, Any] = {"@type": "Periodical", "name": known["journal"]}
        if "volume" in known:
            part = {"@type": "PublicationVolume", "volumeNumber": known["volume"], "isPartOf": part}
        document["isPartOf"] = part
    return document


def _person(author: Mapping[str, str]) -> dict[str, str]:
    orcid = author.get("orcid")
    address = {"identifier": f"https://orcid.org/{orcid}"} if orcid else {}
    return {"@type": "Person", "name": author["name"], **address}


def _organization(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name}


def datasets(resources: Sequence[Mapping[str, Any]], base: str, maker: str) -> Iterator[Any]:
    """Return each resource as a Dataset with its variables, units and terms.

    `base` is the address of the site, ending with a slash; blank if it has none.
    """
    for resource in resources:
        dataset: dict[str, Any] = {
            "@context": _CONTEXT,
            "@type": "Dataset",
            "name": resource["title"],
            "description": resource.get("description") or resource["title"],
            "identifier": resource["name"],
            "creator": _organization(maker),
            "isBasedOn": [source["title"] for source in resource["sources"]],
            "license": [each.get("path") or each.get("title") or each["name"]
                        for each in resource["licenses"]],
            "variableMeasured": [
                {
                    "@type": "PropertyValue",
                    "name": field["name"],
                    **({"description": field["description"]} if field.get("description") else {}),
                    **({"unitText": field["unit"]} if field.get("unit") else {}),
                }
                for field in resource.get("schema", {}).get("fields", [])
            ],
        }  # fmt: skip
        if base:
            dataset["distribution"] = {
                "@type": "DataDownload",
                "encodingFormat": "application/zip",
                "contentUrl": base + archive.PLACE,
            }
        yield {name: value for name, value in dataset.items() if value != []}


def reviews(
    records: Sequence[Mapping[str, Any]], address: str, maker: str, date: str
) -> Iterator[dict[str, Any]]:
    """Return each statement with its verdict as a ClaimReview; `address` is that of their page."""
    of = work(descriptor.work())
    for record in records:
        rating: dict[str, Any] = {
            "@type": "Rating",
            "alternateName": VERDICTS[record["verdict"]],
            "ratingExplanation": record["reason"],
        }
        if value := _RATINGS[record["verdict"]]:
            rating |= {"ratingValue": value, "bestRating": 4, "worstRating": 1}
        review = {
            "@context": _CONTEXT,
            "@type": "ClaimReview",
            "claimReviewed": record["statement"],
            "reviewRating": rating,
            "itemReviewed": {"@type": "Claim", "appearance": of},
            "author": _organization(maker),
            "datePublished": date,
        }
        yield review | ({"url": f"{address}#claim-{record['id']}"} if address else {})


def _add(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Give a page's template what it says of itself to machines."""
    state, config = app.config.edition, app.config
    documents: list[Mapping[str, Any]] = []
    title = unescape(re.sub(r"<[^>]+>", "", context.get("title") or config.html_title))
    address = context.get("pageurl") or ""
    citation = {
        "citation_title": title if page != config.root_doc else config.html_title,
        "citation_author": config.author,
        "citation_language": config.language,
    }
    if page != config.root_doc:
        citation["citation_inbook_title"] = config.html_title
    if state["date"]:
        citation["citation_publication_date"] = state["date"].replace("-", "/")
    if address:
        citation["citation_public_url"] = address
    if doctree is None:  # a page of no source, such as search, is nothing to cite
        citation = {}
    elif state["digest"]:
        documents += _documents(app, page, address)
    context["linked_data"] = html(documents, citation)


def _documents(app: Sphinx, page: str, address: str) -> Iterator[Mapping[str, Any]]:
    state, config = app.config.edition, app.config
    base = posixpath.join(config.html_baseurl, "") if config.html_baseurl else ""
    if page == config.root_doc:
        article = {
            "@context": _CONTEXT,
            "@type": "ScholarlyArticle",
            "headline": config.html_title,
            "abstract": f"Executable edition of {book.work()}.",
            "author": _organization(config.author),
            "datePublished": state["date"],
            "version": state["version"],
            "inLanguage": config.language,
            "isBasedOn": work(descriptor.work()),
        }
        yield article | ({"url": address} if address else {})
    if page == state["dictionary"]:
        yield from datasets(descriptor.whole()["resources"], base, config.author)
    path = Path(app.env.doc2path(page))
    # The text makes its statements once: an edition asks them of other things. The ledger, and a
    # page that sums up, show those of other pages too.
    if path.suffix == ".ipynb" and state["book"] == model.in_words({}):
        shown = extract.read(path).claims.values()
        records = [record for record in shown if record["page"] == path.stem]
        yield from reviews(records, address, config.author, state["date"])


# After the address of the page is settled.
EVENTS = (("html-page-context", _add, 800),)
