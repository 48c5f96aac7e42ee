"""Names of organisations, products and persons: found by their capitals and by a list, compared across languages.

`known` holds the list, `words` tells names from common words, `capitals` reads runs of capitals, `find` puts the
findings together, `keys` compares spellings.
"""

from __future__ import annotations

from pipeline.text.names.find import Name, find_names
from pipeline.text.names.keys import name_key, same_name
from pipeline.text.names.known import maker, organisations, products

__all__ = ["Name", "find_names", "maker", "name_key", "organisations", "products", "same_name"]
