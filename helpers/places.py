"""Places as publications write them: what `borderbook data add` knows of this book's regions.

Handed to the engine by the hook `places`; see `borderbook.ingest.gazetteer.Places`.
"""

from __future__ import annotations

from helpers.regions import OKRUGS, RUSSIA, TYUMEN, subjects

# One word for each kind of region, whatever the publication calls it; "" is left out.
_SYNONYMS = {
    **{"г": "", "гор": "", "город": "", "city": "", "of": "", "the": "", "and": "и"},
    **{"обл": "область", "респ": "республика", "авт": "автономный", "автономная": "автономный"},
    **{"автоном": "автономный", "окр": "округ", "ао": "автономный округ", "st": "saint"},
    **{"а.о.": "ао", "sankt": "saint", "region": "oblast", "territory": "krai", "kray": "krai"},
    **{"area": "okrug", "district": "okrug", "areas": "okrugs", "districts": "okrugs"},
    **{"republics": "republic", "rep": "republic", "aut": "autonomous", "auton": "autonomous"},
    # Cases of one word, as behind "without".
    **dict.fromkeys(("автономного", "автономным", "автономных", "автономными"), "автономный"),
    **dict.fromkeys(("автономные", "автономной"), "автономный"),
    **dict.fromkeys(("округа", "округом", "округов", "округами", "округах"), "округ"),
    **{"мансийского": "мансийский", "мансийским": "мансийский", "югры": "югра", "югрой": "югра"},
    **{"ненецкого": "ненецкий", "ненецким": "ненецкий", "фед": "федеральный"},
    **{"федер": "федеральный", "фо": "федеральный округ"},
}

PLACES = {
    "resource": "regions",
    "code": "region",
    "names": ("name_ru", "name_en"),
    "spellings": "region_spellings",
    "synonyms": _SYNONYMS,
    "total": RUSSIA,
    # Regions whose name may count in the okrugs that the package keeps apart.
    "parts": {TYUMEN: OKRUGS, "RU-ARK": ("RU-NEN",)},
    "expected": lambda: list(subjects().index),
}
