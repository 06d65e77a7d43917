"""What others wrote is text wherever it is shown: nothing of it runs, asks a host, or is computed.

An attack stands in every place that takes text; the browser that looks at it has no policy that
would hold it back.
"""

from __future__ import annotations

import csv
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from borderbook.cli import serving
from borderbook.execution import self_contained
from borderbook.figures import downloads, tables
from borderbook.figures.tables import Column, Table
from tests.bakery import Bakery
from tests.looking import served, watched

ATTACKS = (
    "<script>hit()</script>",
    '"><img src=x onerror=hit()>',
    "' onmouseover='hit()' x='",
    "<svg/onload=hit()>",
    "</title></style></textarea><script>hit()</script>",
    "<iframe src=//evil.example></iframe>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<style>@import '//evil.example/a.css'</style>",
    "[x](javascript:hit())",
    "{raw:html}`<script>hit()</script>`",
    "`{eval-rst}` $\\text{<img src=x onerror=hit()>}$",
    "{{ [].__class__ }}{% raw %}",
    "javascript:hit()",
    '=HYPERLINK("https://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "&lt;script&gt;hit()&lt;/script&gt;",
)
ALL = " ".join(ATTACKS)
SETTINGS = f"""
import altair as alt
import pandas as pd

from borderbook import notebook
from borderbook.figures.data_dictionary import Dictionary, resources
from borderbook.figures.tables import Column, Table

p = notebook.start("attacked", globals())
ATTACKS = {ATTACKS!r}
ALL = " ".join(ATTACKS)
rows = pd.DataFrame({{"text": ATTACKS, "number": range(-5, {len(ATTACKS) - 5})}})
"""
CELLS = {
    "settings": SETTINGS,
    "inline-values": "notebook.values({'attack': ALL, 'parameter': p.text})",
    "frame": "#| title: " + ALL + "\nrows.rename(columns={'text': ALL})",
    "chart": (
        "linked = rows.assign(link='https://books.example/' + rows['text'])\n"
        "alt.Chart(linked, title=ALL).mark_point().encode(x=alt.X('number:Q', "
        "title=ALL), y='text:N', href='link:N', tooltip='text:N')"
    ),
    "links": (
        "Table('links', ALL, rows, [Column('text', ALL, unit=ALL, link='text', group=ALL)], ALL, "
        "notes=ATTACKS, anchor='text')"
    ),
    "dictionary": "Dictionary(3)",
    "resources": "resources()",
}


def attacked(bakery: Bakery) -> None:
    """Put the attacks wherever the tiny book takes text."""
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Attacked\n\nWords "
         "{glue:text}`attack` and {glue:text}`parameter`."},
        {"cell_type": "code", "id": "parameters", "metadata": {"tags": ["parameters"]},
         "source": f"text: str = {ALL!r}  # {ALL}", "outputs": [], "execution_count": None},
        *({"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [],
           "execution_count": None} for name, source in CELLS.items()),
    ]  # fmt: skip
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (bakery.root / "book" / "attacked.ipynb").write_text(json.dumps(document), "utf-8")
    toc = bakery.root / "_toc.yml"
    toc.write_text(toc.read_text("utf-8") + "  - file: book/attacked\n", "utf-8")
    with (bakery.root / "data" / "claims.csv").open("w", encoding="utf-8", newline="") as file:
        head = ["id", "page", "statement", "printed", "unit", "check", "of"]
        rows = [[f"c{n}", "loaves", text, "443", text, "equals", "value:baked"]
                for n, text in enumerate(ATTACKS)]  # fmt: skip
        csv.writer(file).writerows([head, *rows])
    path = bakery.root / "data" / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    for resource in package["resources"]:
        resource["title"] = resource["description"] = ALL
        resource["sources"] = [{"title": text, "path": text} for text in ATTACKS]
        resource["licenses"] = [{"name": ALL, "title": ALL}]
        for field in resource["schema"]["fields"]:
            field["title"] = field["description"] = field["unit"] = ALL
    path.write_text(json.dumps(package), "utf-8")
    editions = [{"name": "rye", "title": ALL, "parameters": {"bread": "rye", "text": ALL[::-1]}}]
    (bakery.root / "book" / "editions.yml").write_text(json.dumps(editions), "utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the built site of the attacked book."""
    bakery = Bakery(tmp_path_factory.mktemp("attacked") / "bakery")
    attacked(bakery)
    assert bakery.run_apart("seal").status == 0
    said = bakery.run_apart("build")
    assert said.status == 0, said.err
    said = bakery.run_apart("run", "attacked", "-p", f"text=differing {ALL}")
    assert said.status == 0, said.err
    return bakery.root / "_build" / "html"


@pytest.mark.parametrize("place", ["the site", "the page of a run with other parameters"])
def test_nothing_that_others_wrote_runs_or_asks_another_host(
    place: str, site: Path, browser: Browser
) -> None:
    is_site = place == "the site"
    if not is_site:
        [site] = [path.parent for path in site.parents[1].glob("runs/attacked/*/index.html")]
    context = browser.new_context(bypass_csp=True)
    context.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1 }")
    page = context.new_page()
    _, asked = watched(page)
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    assert [name for name in pages if "attacked" in name or not is_site]
    searches = [f"search.html?q={quote(text)}" for text in ATTACKS[:4]] if is_site else []
    with served(site) as address:
        for name in [*pages, *searches]:
            page.goto(f"{address}/{name}")
            page.wait_for_load_state("networkidle")
            active = page.evaluate(
                "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]"
                ".filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value)))"
                ".map(a => a.name + '=' + a.value)"
            )
            assert [each for each in active if not each.startswith(("title", "aria"))] == [], name
            assert page.evaluate("window.hits") == 0, name
            assert page.locator("iframe, style:text('evil.example')").count() == 0, name
    others = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert others == []
    context.close()


def test_no_download_holds_a_formula_and_numbers_stay_numbers(site: Path) -> None:
    files = [*site.rglob("downloads/**/*.csv"), *site.rglob("claims.csv")]
    assert len(files) > 5
    numbers = 0
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
                        float(cell)
                        numbers += 1
    assert numbers, "a negative number is one in a spreadsheet too"


HOSTILE = {
    "a script": {"text/html": "<script>1</script>"},
    "a handler": {"text/html": "<p onclick='a()'>"},
    "a frame": {"text/html": "<iframe src='a.html'></iframe>"},
    "a picture": {"text/html": "<img src='https://evil.example/a.png'>"},
    "a picture of a set": {"text/html": "<img srcset='a.png 1x, //evil.example/a.png 2x'>"},
    "a picture by backslashes": {"text/html": r"<img src='/\evil.example/a.png'>"},
    "a style sheet": {"text/html": "<link rel=stylesheet href=//evil.example>"},
    "a style": {"text/html": "<p style='background: url( //evil.example/a )'>"},
    "an import": {"text/html": "<style>@import/**/ 'https://evil.example'</style>"},
    "a link that runs": {"text/html": "<a href='java\tscript:a()'>x</a>"},
    "a form that runs": {"text/html": "<form><button formaction='javascript:a()'></form>"},
    "a redirection": {"text/html": "<meta http-equiv=refresh content='0; url=//evil.example'>"},
    "a base": {"text/html": "<base href='//evil.example'>"},
    "a drawing": {"image/svg+xml": "<svg><script>1</script></svg>"},
    "a drawing's link": {"image/svg+xml": "<svg><a xlink:href='javascript:a()'/></svg>"},
    "a drawing of others": {"image/svg+xml": "<svg><image href='//evil.example/a'/></svg>"},
    "Markdown": {"text/markdown": "<script>1</script>"},
    "JavaScript": {"application/javascript": "1"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_output_that_would_run_or_ask_is_told_with_its_cell(name: str) -> None:
    cell = {"id": "one", "outputs": [{"data": HOSTILE[name]}]}
    [told] = list(self_contained.violations([cell]))[:1]
    assert told.startswith("cell one: its output has ")


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/b", "..", "", "a\0", "nul", "CON", "a\\b", 'x"><script>', "x" * 200],
)
def test_a_figure_cannot_be_named_out_of_its_folder(name: str, tmp_path: Path) -> None:
    import pandas as pd

    table = Table(name, "T", pd.DataFrame({"a": [1]}), [Column("a", "A")]).resource()
    with pytest.raises(downloads.FigureNameError, match="a name has letters"):
        downloads.write(table, tmp_path / "in", None)
    assert list(tmp_path.rglob("*.csv")) == []
    assert "<script>" not in tables.html(table)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "index.html").write_text("inside", "utf-8")
    with serving.server(tmp_path, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("hosts", "answered"),
    [
        (["localhost"], True),
        (["LOCALHOST:9"], True),
        (["127.0.0.1:{port}"], True),
        (["[::1]:{port}"], True),
        (["evil.example"], False),
        (["localhost.evil.example:{port}"], False),
        (["evil.example:127.0.0.1"], False),
        (["127.0.0.1@evil.example"], False),
        ([""], False),
        ([], False),
        (["localhost", "evil.example"], False),
    ],
)
def test_the_server_answers_to_its_own_names_alone(
    hosts: list[str], answered: bool, port: int
) -> None:
    lines = [f"Host: {host.format(port=port)}" for host in hosts]
    for path in ("/", "http://evil.example/", "/../../etc/passwd"):
        with socket.create_connection(("127.0.0.1", port)) as caller:
            caller.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())
            answer = b"".join(iter(lambda: caller.recv(65536), b"")).decode()
        status = answer.split()[1]
        assert (status == "421") is not answered, answer
        assert ("inside" in answer) is (answered and path == "/")
        assert "root:" not in answer


def test_a_port_in_use_is_told_before_the_build_and_a_free_one_taken_if_none_is_asked_for(
    tmp_path: Path, port: int
) -> None:
    with pytest.raises(
        serving.PortError, match=f"--port {port}: this port is in use; name another"
    ):
        serving.server(tmp_path, port)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "PORT", port)
        with serving.server(tmp_path, None) as server:
            assert server.server_port != port
    bakery = Bakery(tmp_path / "bakery")
    said = bakery.run_apart("serve", "--port", str(port))
    assert said.status == 2
    assert not (bakery.root / "_build").exists()
