"""The statements with their verdicts as nanopublications, one each, in TriG.

The form was chosen for its users: a network of servers stores nanopublications and tools search
them, while the record formats of single tools for claims are read by those alone. Each has three
parts (nanopub.net/guidelines): what is asserted, here a review of a claim in schema.org's words;
what that was derived from; and who published it when. They are neither signed nor sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from borderbook.claims.model import VERDICTS

_PREFIXES = {
    "np": "http://www.nanopub.org/nschema#",
    "prov": "http://www.w3.org/ns/prov#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def trig(records: Sequence[Mapping[str, Any]], base: str, facts: Mapping[str, str]) -> str:
    """Return the records of a ledger as nanopublications.

    `base` is the address of the book, ending with a slash; blank if it has none. `facts` are
    `makers`, `version`, `date`, `digest` and `arguments` of the book, and `licence`, the address of
    its code's terms, blank if there is none.

    >>> record = {"id": "rye", "statement": "Most is rye.", "verdict": "holds", "page": "loaves",
    ...           "reason": "91 of 100.", "inputs": [{"resource": "loaves", "rows": "all"}]}
    >>> facts = {"makers": "Us", "version": "1", "date": "2026-01-31", "digest": "4d30",
    ...          "arguments": " -p station=hill", "licence": ""}
    >>> for base in ("https://a.example/", ""):
    ...     text = trig([record], base, facts).partition("assertion> {")[2]
    ...     print(text.split(";")[0].strip())
    <https://a.example/claims.trig#rye.claim> a schema:Claim
    <urn:borderbook:4d30%20-p%20station%3Dhill:rye.claim> a schema:Claim
    """
    head = "".join(f"@prefix {name}: <{address}> .\n" for name, address in _PREFIXES.items())
    return head + "".join(_one(record, base, facts) for record in records)


def _one(record: Mapping[str, Any], base: str, facts: Mapping[str, str]) -> str:
    of = quote(facts["digest"] + facts["arguments"], "")
    this = (f"{base}claims.trig#" if base else f"urn:borderbook:{of}:") + record["id"]
    page = f"{base}book/{record['page']}.html#claim-{record['id']}" if base else ""
    derived = "".join(
        f"\n    <{this}.assertion> prov:wasDerivedFrom [ schema:name {_text(each['resource'])} ; "
        f"schema:description {_text(each['rows'])} ] ."
        for each in record["inputs"]
    )
    link = f" ;\n        schema:url <{page}>" if page else ""
    licence = f" ;\n        dct:license <{facts['licence']}>" if facts["licence"] else ""
    return f"""
<{this}.Head> {{
    <{this}> a np:Nanopublication ;
        np:hasAssertion <{this}.assertion> ;
        np:hasProvenance <{this}.provenance> ;
        np:hasPublicationInfo <{this}.pubinfo> .
}}
<{this}.assertion> {{
    <{this}.claim> a schema:Claim ;
        schema:text {_text(record["statement"])} .
    <{this}.review> a schema:ClaimReview ;
        schema:itemReviewed <{this}.claim> ;
        schema:reviewRating [ a schema:Rating ;
            schema:alternateName {_text(VERDICTS[record["verdict"]])} ;
            schema:ratingExplanation {_text(record["reason"])} ]{link} .
}}
<{this}.provenance> {{
    <{this}.assertion> prov:wasAttributedTo [ schema:name {_text(facts["makers"])} ] .{derived}
}}
<{this}.pubinfo> {{
    <{this}> dct:created "{facts["date"]}"^^xsd:date ;
        dct:creator [ schema:name {_text(facts["makers"])} ]{licence} ;
        schema:version {_text(facts["version"])} ;
        dct:identifier {_text(f"figures {facts['digest']}")} .
}}
"""


def _text(text: str) -> str:
    """Return a text as TriG writes it.

    >>> print(_text('So-called "rye"'))
    "So-called \\"rye\\""
    """
    return json.dumps(text, ensure_ascii=False)
