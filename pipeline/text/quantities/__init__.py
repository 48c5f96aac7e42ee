"""Numbers, amounts of money, percentages, durations and dates, with their values, in many languages.

`find` walks over the numbers of a text, those in digits (`digits`) and those in words (`spelled`), and reads what
stands around each: a currency before it, a scale ("million", "Mio.", "万") and a unit behind it (`around`, `scales`).
Joined numbers share a unit (`shared`). The words are data (data/quantities.toml).
"""

from __future__ import annotations

from pipeline.text.quantities.find import find_quantities
from pipeline.text.quantities.quantity import Quantity, QuantityKind

__all__ = ["Quantity", "QuantityKind", "find_quantities"]
