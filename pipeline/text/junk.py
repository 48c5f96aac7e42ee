"""Whether a text is an article at all: walls, notices, bare titles, slogans and menus are told from news."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.text.normalise import clean_text, fold

#: A text longer than this (without what a wall says) is an article whatever else stands on the page.
_ENOUGH = 700
_WALLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bot-wall", re.compile(
        r"not a robot|are (?:a )?human|verif(?:y|ying) (?:that )?you(?:'re| are)|verifying your browser|checking (?:if|your browser)"
        r"|captcha|just a moment|attention required|access denied|unusual traffic|request (?:has been )?blocked|ddos protection"
        r"|pas un robot|etes humain|verification de (?:votre navigateur|securite)|kein roboter|ein mensch sind|no eres un robot|no soy un robot"
        r"|non sei un robot|nao e um robo|geen robot|nie jestes robotem|не робот|ロボットではない|不是机器人|人机验证|安全验证")),
    ("javascript", re.compile(
        r"(?:enable|activate|requires?|without|turn on|activer|aktivieren|habilit\w+|activ[ae]r?|abilit\w+|attiv\w+|ativ\w+|inschakelen|wlacz\w*)"
        r"[^.]{0,40}java ?script|java ?script[^.]{0,50}(?:disabled|enable|not enabled|required|pas active|desactive|deaktiviert|aktivieren|habilit"
        r"|abilit|disabilit|desativ|ativ|uitgeschakeld|inschakelen|wylacz|wlacz|n'est pas)|включите javascript|javascriptを有効|启用 ?javascript")),
    ("cookie-wall", re.compile(
        r"^.{0,120}(?:we use (?:\w+ ){0,3}cookies|nous utilisons (?:\w+ ){0,3}(?:des )?cookies|ce site (?:web )?utilise des cookies"
        r"|en plus des cookies strictement|wir verwenden (?:\w+ ){0,3}cookies|diese (?:web)?seite verwendet cookies|utilizamos (?:\w+ ){0,3}cookies"
        r"|este sitio (?:web )?utiliza cookies|utilizziamo (?:\w+ ){0,3}cookie|questo sito utilizza (?:i )?cookie|este site utiliza cookies"
        r"|wij gebruiken (?:\w+ ){0,3}cookies|deze (?:web)?site (?:gebruikt|maakt gebruik van) cookies|uzywamy (?:\w+ ){0,3}(?:plikow )?cookie"
        r"|this (?:web)?site uses cookies|vi (?:anvander|bruger|bruker) (?:\w+ ){0,2}cookies)", re.DOTALL)),
    ("paywall", re.compile(
        r"reserve(?:e|es|s)? (?:a nos |aux )abonnes|exclusivite abonnes|il vous reste .{0,20} a lire|(?:only|exclusive) (?:for|to) subscribers"
        r"|subscribe to (?:continue|read)|to continue reading|already a subscriber|nur fur abonnenten|exklusiv fur abonnenten|jetzt weiterlesen"
        r"|solo para suscriptores|contenido exclusivo|riservato agli abbonati|exclusivo para assinantes|alleen voor abonnees|tylko dla subskrybentow"
        r"|会員限定|订阅后")),
    ("login", re.compile(
        r"(?:log ?in|sign in) to (?:continue|read|view)|connectez-vous (?:ou creez|pour)|bitte (?:melden sie sich|loggen)|inicia sesion para"
        r"|effettua il login per|inicie sessao para|log in om|zaloguj sie, aby|ログインして|请登录|登录后")),
    ("aggregator", re.compile(r"(?:article|comments) url: https?://")),
    ("code", re.compile(r"^\s*[.#]?[\w-]+ ?\{ ?[\w-]+:|^\s*(?:function|var|window)\b.{0,40}[({=]")),
)  # fmt: skip
_WORD = re.compile(r"\w+")


def junk_reason(title: str, text: str | Sequence[str]) -> str | None:
    """Why `text` is not the article that `title` announces; None when it is.

    Args:
        title: Headline as shown to readers.
        text: The text, or its paragraphs.
    Returns:
        "empty", "title-only", "bot-wall", "javascript", "cookie-wall", "paywall", "login", "aggregator", "code" or None.
    """
    body = clean_text(text if isinstance(text, str) else " ".join(text))
    if sum(c.isalnum() for c in body[:200]) < 2:
        return "empty"
    folded, head = fold(body[:3000]), fold(clean_text(title))
    if _repeats(folded, head):
        return "title-only"
    if len(body) < _ENOUGH:
        for name, pattern in _WALLS:
            if pattern.search(folded):
                return name
    return None


def _repeats(body: str, title: str) -> bool:
    if len(body) > 2 * len(title) + 60:
        return False
    known = set(_WORD.findall(title))
    words = _WORD.findall(body)
    return bool(known) and sum(word not in known for word in words) <= 0.2 * len(words)
