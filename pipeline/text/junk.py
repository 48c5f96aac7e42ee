"""Whether a text is an article at all: walls, notices, bare titles, slogans and menus are told from news.

What is certain is a rule (a wall's words, a repeated title). A text that tells next to nothing of its title is asked
whether all of it reads like a site's own words (pipeline/text/notices.py). Short texts beyond that are judged by a
small logistic regression over what they look like; its weights are in data/junk.json, made by bench/junk.py.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from html import unescape
from pathlib import Path

from pipeline.text.normalise import clean_text, fold
from pipeline.text.notices import is_notice
from pipeline.text.scripts import EAST_ASIAN_LETTER

#: A text longer than this is an article whatever else stands on the page, …
_ENOUGH = 900
#: Unless it tells nothing of its title and reads like a consent form from end to end.
_LONGEST_PAGE = 1500
#: The model has seen leads of feeds, some 400 characters; beyond this length only rules speak.
_MODEL_MOST = 480
_WALLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bot-wall", re.compile(
        r"you(?:['’]re| are) not a robot|that you are (?:a )?human|verif(?:y|ying) (?:that )?you(?:['’]re| are)"
        r"|verifying your browser"
        r"|checking (?:if the site|your browser)|complete the captcha|just a moment|attention required"
        r"|access (?:is |to this page )?(?:has been )?denied"
        r"|unusual traffic|request (?:has been )?blocked|ddos protection|n['’]etes pas un robot"
        r"|etes (?:bien )?(?:un )?humain"
        r"|verification de (?:votre navigateur|securite)|kein roboter|ein mensch sind|no eres un robot|no soy un robot"
        r"|non sei un robot|nao e um robo|geen robot|nie jestes robotem|не робот"
        r"|while we verify your browser|sprawdzamy,? czy jestes czlowiekiem|comprobando (?:si|que) eres humano"
        r"|проверяем ваш браузер|подтвердите, что вы человек|insan oldugunuzu"
        r"|ロボットではない|不是机器人|人机验证|请完成安全验证")),
    ("javascript", re.compile(
        r"(?:enable|activate|requires?|turn on|activer|aktivieren|habilit\w{1,4}|activ[ae]r?|abilit\w{1,4}"
        r"|attiv\w{1,4}|ativ\w{1,4}|inschakelen"
        r"|wlacz\w{0,2}) (?:le |el |il |o |den )?java ?script|java ?script[^.]{0,50}(?:disabled|not enabled"
        r"|required|pas active|desactive"
        r"|deaktiviert|aktivieren|deshabilitado|disabilitato|desativado|uitgeschakeld|inschakelen|wylaczon"
        r"|must be enabled)"
        r"|prosim\w* wlaczyc (?:obsluge )?java ?script|wlacz\w* obsluge java ?script|java ?script['’]i etkin"
        r"|(?:vanligen |venligst )?(?:aktivera|aktiver|sla pa) java ?script|включите javascript"
        r"|javascriptを有効|启用 ?javascript")),
    ("cookie-wall", re.compile(
        r"^.{0,120}(?:we use (?:\w+ ){0,3}cookies|nous utilisons (?:\w+ ){0,3}(?:des )?cookies"
        r"|ce site (?:web )?utilise des cookies"
        r"|en plus des cookies strictement|wir verwenden (?:\w+ ){0,3}cookies"
        r"|diese (?:web)?seite verwendet cookies|utilizamos (?:\w+ ){0,3}cookies"
        r"|este sitio (?:web )?utiliza cookies|utilizziamo (?:\w+ ){0,3}cookie|questo sito utilizza (?:i )?cookie"
        r"|este site utiliza cookies"
        r"|wij gebruiken (?:\w+ ){0,3}cookies|deze (?:web)?site (?:gebruikt|maakt gebruik van) cookies"
        r"|uzywamy (?:\w+ ){0,3}(?:plikow )?cookie"
        r"|this (?:web)?site uses cookies|vi (?:anvander|bruger|bruker) (?:\w+ ){0,2}cookies)", re.DOTALL)),
    ("paywall", re.compile(
        r"reserve(?:e|es|s)? (?:a nos |aux )abonnes|exclusivite abonnes|il vous reste .{0,20} a lire|(?:only"
        r"|exclusive) (?:for|to) subscribers"
        r"|subscribe to (?:continue|read)|to continue reading|already a subscriber|nur fur abonnenten"
        r"|exklusiv fur abonnenten"
        r"|(?:solo|exclusivo) para suscriptores|contenido exclusivo|riservato agli abbonati"
        r"|exclusivo para assinantes|alleen voor abonnees"
        r"|tylko dla (?:subskrybentow|prenumeratorow)|会員限定|有料会員になると|订阅后|付费内容"
        r"|only available to subscribers"
        r"|(?:article|story|content) is (?:only )?for (?:our )?(?:paying )?subscribers|subscribe to unlock"
        r"|reached your (?:free )?(?:monthly )?(?:free )?article limit|articles? limit reached"
        r"|nur mit (?:einem )?(?:\w{2,12}-?)?abo(?:nnement)? (?:lesbar|lesen|verfugbar)|weiter mit dem \w{2,12}-?abo"
        r"|(?:bara|kun|endast) for (?:prenumeranter|abonnenter|abonnementer)|forbeholdt (?:abonnenter|medlemmer)"
        r"|vain tilaajille|только (?:для )?подписчик|доступен подписчикам|доступно подписчикам"
        r"|yalnizca aboneler|sadece aboneler|abonelere ozel|للمشتركين فقط|유료 ?회원|구독자 전용"
        r"|pouze pro predplatitele"
        r"|kizarolag elofizet|τους συνδρομητες|למנויים בלבד")),
    ("login", re.compile(
        r"(?:log ?in|sign in) to (?:continue|read|view)|connectez-vous (?:ou creez|pour)|bitte (?:melden sie sich"
        r"|loggen)|inicia sesion para"
        r"|logga in for att lasa|log ind for at laese|logg inn for a lese|войдите, чтобы|giris yapin"
        r"|로그인 후|سجل الدخول"
        r"|effettua il login per|inicie sessao para|log in om|zaloguj sie, aby|ログインして|请登录|登录后")),
    ("error-page", re.compile(
        r"^.{0,8}(?:\b40[134]\b.{0,6}(?:forbidden|not found|unauthorized|error)"
        r"|\b50[0234]\b.{0,40}(?:error|unavailable|gateway|time-?out))"
        r"|^.{0,60}(?:page (?:not found|you(?:['’]re| are| were)? .{0,24}(?:not|n['’]t|moved))"
        r"|page (?:introuvable|non trouvee)|page que vous (?:recherchez|cherchez|demandez).{0,12} n['’]"
        r"|(?:seite|artikel) (?:wurde |konnte )?nicht (?:gefunden|verfugbar)"
        r"|pagina (?:no|non|niet|nao) (?:encontrada|trovata|gevonden)"
        r"|no se (?:ha )?encontr\w+ la pagina|nie znaleziono strony|sidan (?:kunde inte|hittades inte)"
        r"|страница не найдена|ページが見つかりません|页面不存在|找不到页面|sayfa bulunamadi|페이지를 찾을 수 없)")),
    ("aggregator", re.compile(r"(?:article|comments) url: ?https?://")),
    ("code", re.compile(r"^\s*[.#]?[\w-]+ ?\{ ?[\w-]+:|^\s*(?:function|var|window)\b.{0,40}[({=]")),
)  # fmt: skip
#: Words of a site's notices that news may use, too: they say something only of a text that tells nothing of its title.
_NOTICES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("bot-wall", re.compile(
        r"security check to access|captcha|reference #|\bray id\b|request id|acces refuse|autorisation d['’]acceder"
        r"|zugriff verweigert|acceso denegado|accesso negato|acesso negado|toegang geweigerd|odmowa dostepu"
        r"|доступ (?:запрещ|ограничен)|erisim engellendi|访问被拒绝|アクセスが拒否"
        r"|(?:votre|ihr|su|il tuo|seu|je|uw|twoja?) (?:navigateur|browser|navegador|przegladark\w)\b.{0,30}"
        r"(?:verifi|uberpruft|comprob|controll|gecontroleerd|sprawdz)"
        r"|(?:connexion|verbindung|conexion|connessione|conexao|verbinding|polaczenie)\b.{0,30}"
        r"(?:securisee|sicher|segura|sicura|veilig|bezpieczne)|正在检查您的浏览器|ブラウザを確認")),
    ("cookie-wall", re.compile(
        r"respect de votre vie privee|we value your privacy|valoramos (?:tu|su) privacidad"
        r"|(?:nos|our|unsere|nuestros|nostri|nossos|onze) \d+ (?:partenaires|partners?|partnern?|socios|fornitori"
        r"|parceiros)"
        r"|nous et nos (?:\d+ )?partenaires|we and our (?:\d+ )?partners|wir und unsere (?:\d+ )?partner"
        r"|nosotros y nuestros (?:\d+ )?socios|noi e i nostri (?:\d+ )?(?:fornitori|partner)"
        r"|nos e (?:os )?nossos parceiros"
        r"|accept(?:er|ez) les cookies|mit werbung (?:und \w+ )?weiterlesen"
        r"|toestemming voor het plaatsen|(?:anvander|bruker|bruger) (?:kakor|cookies)|godkann alla"
        r"|zgod\w+ na (?:pliki )?cookie"
        r"|использует (?:файлы )?cookie|cookieを使用|使用cookie|쿠키를 사용")),
    ("error-page", re.compile(
        r"\b(?:erreur|error|fehler|errore|erro|fout|blad|fel|hata|ошибка|오류|エラー) ?(?:code|kodu)?:? ?(?:40[0-9]|410"
        r"|429|451|50[0-9])\b"
        r"|page que vous (?:cherchez|demandez|recherchez)|could(?:n['’]t| not) find (?:that|the|this) page"
        r"|seite\b.{0,40}\bexistiert\b.{0,30}\bnicht|pagina (?:solicitada|que busca|richiesta)"
        r"|deze pagina bestaat niet"
        r"|strona, ktorej szukasz|too many requests|trop de requetes|zu viele anfragen|demasiadas solicitudes"
        r"|cok fazla istek|unavailable for legal reasons|from a country belonging to the european"
        r"|(?:site|seite|website|webseite|sitio|sito|serwis|strona)\b.{0,40}(?:maintenance|wartung|mantenimiento"
        r"|manutenzione"
        r"|manutencao|onderhoud|konserwac|przerw)|wartungsarbeiten|en maintenance|メンテナンス中|维护中|점검 중"
        r"|техническ\w+ работ")),
    ("paywall", re.compile(
        r"(?:your|the) limit of free articles|keep reading|kostenlos testen|(?:monatlich|jederzeit) kundbar"
        r"|sans engagement"
        r"|cancele quando quiser|assin(?:ar|e) (?:agora|a partir)|cancela cuando quieras|disdici quando vuoi"
        r"|cancel any ?time"
        r"|opzegbaar|bez zobowiazan|offre de rentree|articles en illimite|acceso ilimitado|acesso ilimitado|无限畅读")),
    ("login", re.compile(
        r"forgot(?:ten)? (?:your )?password|mot de passe oublie|passwort vergessen|olvid\w+ (?:tu|su|la) contrasena"
        r"|password dimenticata|esquec\w+ (?:a|sua) senha|wachtwoord vergeten|nie pamietasz hasla|забыли пароль"
        r"|パスワードを忘れ|忘记密码|비밀번호")),
)  # fmt: skip
#: What a wall says, quoted, is news of a trick with false walls.
_QUOTES = '"“”„«»‹「『'
#: A notice is no longer than this, and a menu has as many lines that are no sentences.
_NOTICE_LONGEST, _MENU_LEAST = 600, 4
#: From this length a text that repeats its title is a short post, not a bare headline.
_POST_LEAST = 250
#: A notice in another language than the title is a notice up to this length.
_NOTICE_MOST = 160
#: With one of these nothing but the notice is to be expected.
_CERTAIN = frozenset({"bot-wall", "aggregator", "code"})
_WORD = re.compile(r"\w+")
_RELEASE = re.compile(r"\d\.\d|\bcve-", re.IGNORECASE)
_POST = re.compile(r"the post .{0,300}? appeared (?:first on [\w .&-]{2,40}?(?=[.]? |$)|com\b|first\b)\.?")
_SEPARATOR = re.compile(r"[·|•›»→]| - |\.\.\.|—|\.\. ")
_TERMINATOR = re.compile(r"[.!?](?:\s|$)|[。！？]")
_CALL = re.compile(
    r"^(?:learn|discover|find out|read |looking for|check out|explore|join|watch|listen|see |this article"
    r"|in this (?:post|article|guide)"
    r"|source:|decouvrez|apprenez|lisez|erfahren|descubr|scopri|saiba|详情|欢迎)"
)
_DATELINE = re.compile(r"\d{1,2}(?:st|nd|rd|th)? (?:[a-z]{3,9})\.?,? \d{4}|[a-z]{3,9} \d{1,2},? \d{4}")
_SCRIPTS = (re.compile(r"[a-z]"), EAST_ASIAN_LETTER, re.compile(r"[\u0600-\u06ff]"), re.compile(r"[\u0400-\u04ff]"))
_STOP_WORDS = {
    "fr": "le la les des une du et en est dans pour sur par au aux qui que avec ses plus son sont cette ces ont il se",
    "en": "the of and to in is for on by with that from are as at has was an be its their this have it his will were",
    "de": "der die das und den von im mit ist auf fur ein eine nicht dem des sich zu werden auch wird bei aus einer",
    "es": "el los las de y en que del una por con para se su un es al como lo mas ha sus fue",
    "it": "il di che della per un una del con non gli dei nel sono alla da le si ha delle piu ma",
    "pt": "o os as de do da e em um uma que dos para com por na no nao foi ao mais seu sua das",
    "no": "og i det er for til av som med har ikke den at en fra vedtatt gjelder ved dette",
}
_STOPS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}


def junk_reason(title: str, text: str | Sequence[str]) -> str | None:
    """Why `text` is not the article that `title` announces; None when it is.

    Args:
        title: Headline as shown to readers.
        text: The text, or its paragraphs.
    Returns:
        "empty", "title-only", "bot-wall", "javascript", "cookie-wall", "paywall", "login", "error-page", "aggregator",
        "code", "foreign-text", "no-article" or None.
    """
    parts = [text] if isinstance(text, str) else text
    if not isinstance(text, str):
        if sum(map(len, text)) > 2 * _ENOUGH:
            return None
        text = " ".join(text)
    if len(text) > 2 * _ENOUGH:
        return None
    body = clean_text(_unescaped(text))
    if len(body) > _LONGEST_PAGE:
        return None
    if sum(c.isalnum() for c in body) < 2:
        return "empty"
    folded, head = fold(body), fold(clean_text(_unescaped(title)))
    rest = _without_title(folded, head)
    if len(body) > _ENOUGH:
        return _page_reason(parts, folded) if _told_of(head, rest) < 2 and body[0] not in _QUOTES else None
    # A post without a headline is its own title; then nothing is missing.
    if sum(c.isalnum() for c in rest) <= max(4, 0.12 * len(head)):
        return "title-only" if max(len(body), len(head)) < _POST_LEAST else None
    walls = [name for name, pattern in _WALLS if pattern.search(folded)]
    if _is_foreign(head, folded):
        return walls[0] if walls and len(body) < _NOTICE_MOST else "foreign-text"
    told, is_quoted = _told_of(head, rest), body[0] in _QUOTES
    if walls and walls[0] in _CERTAIN and _own_words(rest) < 160 and told < 2 and not is_quoted:
        return walls[0]
    if told == 0 and len(body) <= _NOTICE_LONGEST and not is_quoted:
        notices = walls or [name for name, pattern in _NOTICES if pattern.search(folded)]
        if notices:
            return notices[0]
        if _is_menu(parts):
            return "no-article"
    if told < 2 and not is_quoted and (reason := _page_reason(parts, folded)):
        return reason
    if len(body) > _MODEL_MOST or head == "":
        return walls[0] if walls and _own_words(rest) < 160 else None
    values = features(title, body)
    weights = _model()
    score = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in values.items())
    if score < weights["threshold"]:
        return None
    return (
        walls[0] if walls else "foreign-text" if values["other-script"] or values["other-language"] else _shape(values)
    )


def _page_reason(parts: Sequence[str], folded: str) -> str | None:
    """Why a page that says next to nothing of its title is none, where all of it reads like a site's own words."""
    if not is_notice(parts):
        return None
    return next((name for name, pattern in (*_WALLS, *_NOTICES) if pattern.search(folded)), "no-article")


def _told_of(title: str, rest: str) -> int:
    """How many words of the title the text takes up, by their first letters; a notice takes up none."""
    told = {unit[:5] for unit in _units(rest)}
    return len({unit[:5] for unit in _units(title) if len(unit) > 3 or EAST_ASIAN_LETTER.search(unit)} & told)


def _is_menu(parts: Sequence[str]) -> bool:
    """Names of sections, or headlines of other news: lines, and not one sentence; a bulletin lists releases and ids."""
    lines = [line.strip() for part in parts for line in part.splitlines() if line.strip()]
    if len(lines) < _MENU_LEAST or any(_RELEASE.search(line) for line in lines):
        return False
    return all(len(line) < 90 and line[-1] not in ".!?。…:：" for line in lines)


def features(title: str, text: str) -> dict[str, float]:
    """What a short text looks like beside its title; the model's inputs by name."""
    body = clean_text(_unescaped(text))
    folded, head = fold(body), fold(clean_text(_unescaped(title)))
    rest = _without_title(folded, head)
    words, known = _units(folded), set(_units(head))
    fresh = _units(rest)
    own = _own_words(rest)
    terminators = len(_TERMINATOR.findall(body))
    raw_words = body.split()
    is_east_asian = EAST_ASIAN_LETTER.search(body) is not None
    values = {
        "length": min(len(body), 400) / 400,
        "log-length": math.log1p(len(body)) / 6,
        "under-45": float(len(body) < 45),
        "under-90": float(len(body) < 90),
        "under-130": float(len(body) < 130),
        "under-190": float(len(body) < 190),
        "rest": min(len(rest), 300) / 300,
        "rest-under-30": float(len(rest) < 30),
        "rest-under-60": float(len(rest) < 60),
        "rest-under-100": float(len(rest) < 100),
        "said-in-title": sum(word in known for word in words) / max(1, len(words)),
        "title-in-rest": sum(word in set(fresh) for word in known) / max(1, len(known)),
        "repeats-title": float(len(rest) < len(folded)),
        "own-words": min(own, 300) / 300,
        "separators": min(len(_SEPARATOR.findall(body)) / max(1.0, len(body) / 100), 3) / 3,
        "no-end": float(terminators == 0),
        "one-sentence": float(terminators == 1),
        "sentences": min(terminators, 6) / 6,
        "cut-end": float(bool(re.search(r"(?:\b\w{1,4}\.|\.\.\.|…)$", body))),
        "capitals": sum(w.isupper() and len(w) > 2 for w in raw_words) / max(1, len(raw_words)),
        "call": float(bool(_CALL.match(folded))),
        "dateline": float(bool(_DATELINE.search(folded)) and len(folded) < 110),
        "longest-word": 0.0 if is_east_asian else min(max(map(len, raw_words), default=0), 120) / 120,
        "east-asian": float(is_east_asian),
        "east-asian-short": float(is_east_asian and len(body) < 50),
        "cut-title": float(head.endswith(("...", "…"))),
        "other-script": float(_script(head) != _script(folded)),
        "other-language": float(_other_language(head, folded)),
    }
    for name, pattern in _WALLS:
        values[f"wall-{name}"] = float(bool(pattern.search(folded)))
    return values


def _shape(values: dict[str, float]) -> str:
    return "title-only" if values["rest-under-60"] and values["repeats-title"] else "no-article"


@cache
def _model() -> dict[str, float]:
    weights = json.loads((Path(__file__).parent / "data" / "junk.json").read_text("utf-8"))
    return {name: float(weight) for name, weight in weights.items()}


def _unescaped(text: str) -> str:
    return unescape(text) if "&" in text else text


def _without_title(body: str, title: str) -> str:
    """`body` without the title, whole or without the outlet behind it, and without what a feed adds around it."""
    rest = _POST.sub(" ", body)
    if not title:
        return rest.strip()
    shorter = re.sub(r"(?:\s+[|–—-]\s+[^|–—-]{2,40}|\s*(?:\.\.\.|…))$", "", title)
    outlet = title[len(shorter) :].strip(" |–—-")
    for part in (title, shorter, outlet if 3 < len(outlet) < 60 else ""):
        if len(part) > 3 and part in rest:
            rest = rest.replace(part, " ")
    if rest == body and len(body) < 2 * len(title) + 40:
        known = set(_WORD.findall(title))
        strange = [word for word in _WORD.findall(body) if word not in known]
        if len(strange) <= 0.2 * len(known):
            return " ".join(strange)
    return clean_text(rest)


def _own_words(rest: str) -> int:
    """Characters in sentences that are no wall's."""
    return sum(
        len(part)
        for part in re.split(r"(?<=[.!?。])\s+", rest)
        if not any(p.search(part) for _, p in _WALLS) and len(part) > 25
    )


def _units(folded: str) -> list[str]:
    """Words; pairs of signs where words are not parted by spaces."""
    units: list[str] = []
    for word in _WORD.findall(folded):
        if EAST_ASIAN_LETTER.search(word):
            units.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif len(word) > 2:
            units.append(word)
    return units


def _script(folded: str) -> int:
    counts = [len(pattern.findall(folded)) for pattern in _SCRIPTS]
    # An English product name in a Chinese title is no English title.
    counts[1] *= 3
    return counts.index(max(counts)) if any(counts) else 0


def _is_foreign(title: str, body: str) -> bool:
    """Whether title and text share neither script nor language nor any long word: the text of another page."""
    scripts = _script(title), _script(body)
    # Latin and East Asian go together in product news.
    if (scripts[0] != scripts[1] and 2 in scripts) or scripts in ((0, 3), (3, 0), (1, 3), (3, 1)):
        return True
    languages = _spoken(title, 3), _spoken(body, 6)
    if None in languages or languages[0] == languages[1]:
        return False
    long_words = {word for word in _WORD.findall(title) if len(word) > 4}
    return long_words.isdisjoint(_WORD.findall(body))


def _other_language(title: str, body: str) -> bool:
    first, second = _spoken(title, 2), _spoken(body, 4)
    return first is not None and second is not None and first != second


def _spoken(folded: str, least: int) -> str | None:
    words = _WORD.findall(folded)
    counts = sorted(
        ((sum(word in stops for word in words), language) for language, stops in _STOPS.items()), reverse=True
    )
    return counts[0][1] if counts[0][0] >= least and counts[0][0] > 1.5 * counts[1][0] else None
