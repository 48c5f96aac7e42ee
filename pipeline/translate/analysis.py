"""What a sentence holds, found once: masking, the glossary and the checks of every attempt ask for the same."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.text.gazetteer import Hit
from pipeline.text.identifiers import Identifier, find_identifiers
from pipeline.text.names import organisations, products
from pipeline.text.quantities import Quantity, find_quantities

#: Sentences kept: as many as are under way between the first attempt and the last, some hundred characters each.
_KEPT = 4096
#: No identifier is without one of these: half of all sentences need not be searched.
_MAY_IDENTIFY = re.compile(r"[\d@\[]|\w\.\w|://|::|ghsa", re.IGNORECASE)


@lru_cache(maxsize=_KEPT)
def identifiers(text: str) -> tuple[Identifier, ...]:
    """Identifiers of a text, in order."""
    return tuple(find_identifiers(text)) if _MAY_IDENTIFY.search(text) else ()


@lru_cache(maxsize=_KEPT)
def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """Quantities of a text, in order."""
    return tuple(find_quantities(text, language, identifiers=identifiers(text)))


@lru_cache(maxsize=_KEPT)
def known_names(text: str) -> tuple[Hit, ...]:
    """Names that the gazetteers know: organisations in order, then products."""
    return (*organisations().find(text), *products().find(text))
