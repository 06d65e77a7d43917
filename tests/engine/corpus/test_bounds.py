"""Documents made so that reading them never ends or fills the memory: told, and soon."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import docx
import pytest

from borderbook.corpus import bounds, index, readers
from borderbook.corpus.readers import DocumentError

PAGE = "<</Type/Page/Parent 2 0 R/Resources<</XObject<</F 5 0 R>>>>/Contents 4 0 R>>"
FORM = (
    "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>/Length 4>>"
    "\nstream\n/F Do\nendstream"
)


def pdf(kids: str) -> bytes:
    """Return a PDF with pages, of which one shows a form that shows itself."""
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count 2/Kids[{kids}]>>",
        PAGE,
        "<</Length 4>>\nstream\n/F Do\nendstream",
        FORM,
    ]
    body = "%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 6\n0000000000 65535 f \n{table}{end}".encode()


def word(**parts: bytes) -> bytes:
    """Return a Word document of which parts are others."""
    stream, made = io.BytesIO(), io.BytesIO()
    docx.Document().save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, parts.get(Path(entry.filename).stem, content))
    return made.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + ']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
)
OUTSIDE = LAUGHS.partition("<!ENTITY")[0] + (
    '<!ENTITY i SYSTEM "file:///etc/hostname">]>' + LAUGHS.partition("]>")[2]
)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("bomb.docx", word(document=b" " * (bounds.LARGEST + 1)), "unpacks to more than 100 MB"),
        ("laughs.docx", word(document=LAUGHS.encode()), "laughs.docx"),
        ("outside.docx", word(document=OUTSIDE.encode()), "outside.docx"),
        ("deep.docx", word(document=b"<a>" * 100_000), "is no Word document"),
        ("tree.pdf", pdf("2 0 R 3 0 R"), "tree.pdf"),
        ("form.pdf", pdf("3 0 R"), "form.pdf"),
        ("empty.docx", b"PK\x05\x06" + b"\0" * 18, "is no Word document"),
    ],
)
def test_a_document_made_to_fill_the_memory_or_never_to_end_is_told_soon(
    name: str, content: bytes, what: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    began, before = time.monotonic(), bounds._most()
    with pytest.raises(DocumentError, match=what):
        index.read(path)
    assert time.monotonic() - began < bounds.SECONDS
    assert bounds._most() - before < bounds.MEMORY


def test_a_reader_that_does_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def forever(content: bytes, path: Path) -> tuple[readers.Part, ...]:
        while True:
            steps.append(0)
            time.sleep(0.001)

    monkeypatch.setitem(readers.READERS, ".pdf", forever)
    monkeypatch.setattr(bounds.within, "__kwdefaults__", {"seconds": 0.2, "memory": 10**9})
    (tmp_path / "a.pdf").write_bytes(b"x")
    with pytest.raises(DocumentError, match=r"a\.pdf: takes longer than 0\.2 s to read; save"):
        index.read(tmp_path / "a.pdf")
    done = len(steps)
    time.sleep(0.1)
    assert len(steps) == done, "the work goes on behind"


def test_a_reader_that_fills_the_memory_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def more(content: bytes, path: Path) -> tuple[readers.Part, ...]:
        taken = []
        while True:
            taken.append(b"x" * 1_000_000)
            time.sleep(0.0005)

    monkeypatch.setitem(readers.READERS, ".pdf", more)
    memory = 100_000_000
    monkeypatch.setattr(bounds.within, "__kwdefaults__", {"seconds": 60.0, "memory": memory})
    (tmp_path / "a.pdf").write_bytes(b"x")
    with pytest.raises(DocumentError, match=r"takes more than 100 MB of memory to read"):
        index.read(tmp_path / "a.pdf")
