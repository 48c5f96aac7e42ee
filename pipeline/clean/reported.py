"""Advice that somebody gives, as a sentence that ends in who gives it: news, whatever it asks of the reader."""

from __future__ import annotations

import re

#: On folded text. A site that calls for something never adds that it says so; verbs of saying and advising, then who.
_VERBS = (
    "advises?|recommends?|warns?|urges?|says|said",
    "conseille(?:nt)?|recommande(?:nt)?|avertit|previent|rappelle(?:nt)?|indique(?:nt)?|dit|selon",
    "rat|raten|empfiehlt|empfehlen|warnt|warnen|mahnt|teilt|sagt|so",
    "aconseja|recomienda|advierte|avisa|pide|dice|segun",
    "consiglia|raccomanda|avverte|invita|ricorda|dice|secondo",
    "aconselha|recomenda|alerta|avisa|pede|diz|segundo",
    "raadt|raden|adviseert|adviseren|waarschuwt|zegt|meldt|stelt|aldus",
    "radzi|radza|zaleca|ostrzega|apeluje|mowi",
    "советует|советуют|рекомендует|предупреждает|призывает|говорит",
    "diyor|diye|uyariyor|oneriyor|dedi",
    "rader|rekommenderar|varnar|uppmanar|sager|skriver",
)
_TOLD = re.compile(
    f", (?:{'|'.join(_VERBS)})\\b[^,;:!?]{{2,60}}\\.?\\Z"
    r"|, (?:the|an?|its|his|her|their) [\w' -]{2,40} (?:advises?|recommends?|warns?|urges?|says|said|claims?)\.?\Z"
    # 「…」とコメントした。 Speech in marks with a verb behind it.
    r"|[」』]\s?(?:と|との)[^、。「」]{0,14}(?:した|する|している|していた|述べた|述べている|話した|話している|話す|語った|答えた|という)。?\Z"
    r"|と[^、。]{2,20}[はが][^、。]{0,6}(?:助言|勧め|呼びかけ|注意を促)[^、。]{0,8}。?\Z"
)

#: "…: cette phrase figurait en tête du courriel": what came before was quoted.
_QUOTED = re.compile(
    r": (?:cette|this|that|diese[rs]?|esta|questa|essa|deze|ta) "
    r"(?:phrase|mention|formule|ligne|sentence|line|wording|satz|zeile|frase|riga|zin|formula|fraza)\b"
)


def is_reported(folded: str) -> bool:
    """Whether a sentence of folded text ends in who says it, or is spoken of as a sentence."""
    return _TOLD.search(folded.rstrip(), max(0, len(folded) - 90)) is not None or _QUOTED.search(folded) is not None
