"""A day's stories as a reader might meet them: invented outlets, our own words, every feature of a card once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.compose import compose
from pipeline.model import (
    Article,
    Coverage,
    Edition,
    Evidence,
    Fact,
    FactType,
    Feed,
    FeedFailure,
    Problem,
    RankPart,
    Story,
    SummarySentence,
    TopicSpec,
    Translation,
)

DAY = date(2026, 11, 23)
CLOSED = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
TOPICS = (
    TopicSpec(name="disclosure", titles={"en": "Vulnerability disclosures", "fr": "Divulgation de vulnérabilités"}),
    TopicSpec(name="sanction", titles={"en": "Sanctions and decisions", "fr": "Sanctions et décisions"}),
    TopicSpec(name="supply-chain", titles={"en": "Supply chain", "fr": "Chaîne d’approvisionnement"}),
)

_OUTLETS = {
    "veille": ("La Veille numérique", "fr"), "packet": ("Packet Ledger", "en"), "notar": ("Netznotar", "de"),
    "lisboa": ("Diário da Rede", "pt"), "correo": ("El Correo del Dato", "es"), "sada": ("صدى الأمن", "ar"),
    "bulletin": ("Bulletin du RSSI", "fr"), "kernelpost": ("The Kernel Post", "en"), "gazzetta": ("Gazzetta Cifrata",
    "it"),
    "shield": ("מגן דיגיטלי", "he"), "journal": ("安全日报", "zh"), "copy": ("Tech Relay",
    "en"),
}  # fmt: skip

#: Our translations of the sentences below into English and French; what is missing has no model.
_BOOK: dict[tuple[str, str], tuple[str, str]] = {
    ("Pékin suspend sa coopération avec le nuage d’Alibaba après la faille Log4j", "en"): (
        "Beijing suspends cooperation with Alibaba’s cloud after the Log4j flaw",
        "fr→ca apertium, ca→pt apertium, pt→en firefox",
    ),
    ("Le ministère reproche à Alibaba Cloud d’avoir averti la fondation Apache avant les autorités.", "en"): (
        "The ministry blames Alibaba Cloud for having warned the Apache foundation before the authorities.",
        "fr→ca apertium, ca→pt apertium, pt→en firefox",
    ),
    ("Der Partner verliert für sechs Monate den Zugang zur staatlichen Meldeplattform.", "en"): (
        "The partner loses access to the state reporting platform for six months.",
        "de→en argos",
    ),
    ("Multa de 225 milhões de euros por transferir dados de menores", "en"): (
        "Fine of 225 million euros for transferring data of minors",
        "pt→en firefox",
    ),
    ("A autoridade aplicou uma multa de 225 milhões de euros à plataforma Clipto.", "en"): (
        "The authority imposed a fine of 225 million euros on the Clipto platform.",
        "pt→en firefox",
    ),
    ("A empresa tem três meses para apagar os registos e anunciou que vai recorrer.", "en"): (
        "The company has three months to delete the records and announced that it will appeal.",
        "pt→en firefox",
    ),
    ("La multa supera los 9,5 millones fijados en 2023 contra la misma empresa.", "en"): (
        "The fine exceeds the 9.5 million set in 2023 against the same company.",
        "es→en argos",
    ),
    ("Beijing pauses work with Alibaba Cloud over Log4j report", "fr"): (
        "Pékin suspend son travail avec Alibaba Cloud au sujet du signalement de Log4j",
        "en→fr argos",
    ),
    (
        "Alibaba Cloud engineers found the flaw, known as CVE-2021-44228, and reported it to Apache on 24 November.",
        "fr",
    ): (
        "Les ingénieurs d’Alibaba Cloud ont trouvé la faille, connue comme CVE-2021-44228, à Apache.",
        "en→fr argos",
    ),
    ("Multa de 225 milhões de euros por transferir dados de menores", "fr"): (
        "Amende de 225 millions d’euros pour transfert de données de mineurs",
        "pt→fr argos",
    ),
}
_CHECKED = {
    "La multa supera los 9,5 millones fijados en 2023 contra la misma empresa.": (
        Problem(kind="number-changed", detail="9,5 millones"),
    )
}


class Book:
    """A translator that knows the sentences above by heart, and says so when it has no model."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    def translate(
        self, texts: Sequence[tuple[str, str | None]], target: str, *, style: str = "text", facts: Any = ()
    ) -> list[Translation]:
        self.calls.append((style, len(texts)))
        return [self._one(text, source or "und", target) for text, source in texts]

    def _one(self, text: str, source: str, target: str) -> Translation:
        if (text, target) in _BOOK:
            words, route = _BOOK[text, target]
            return Translation(text=words, source=source, target=target, route=route, problems=_CHECKED.get(text, ()))
        problem = Problem(kind="no-route", detail=f"no model {source}→{target}")
        return Translation(text=text, source=source, target=target, route=None, problems=(problem,))


def feeds() -> dict[str, Feed]:
    return {
        f"https://{key}.example/feed": Feed(url=f"https://{key}.example/feed", name=name, language=language)
        for key, (name, language) in _OUTLETS.items()
    }


def article(key: str, title: str, *sentences: str, hours: int = 5, **more: object) -> Article:
    slug = f"{key}-{sum(map(ord, title)) % 9973}"
    values: dict[str, object] = {
        "id": slug,
        "feed": f"https://{key}.example/feed",
        "url": f"https://{key}.example/2026/11/{slug}",
        "title": title,
        "paragraphs": sentences,
        "published": CLOSED - timedelta(hours=hours),
        "language": _OUTLETS[key][1],
    }
    return Article(**(values | more))  # type: ignore[arg-type]


def fact(
    owner: Article,
    type: FactType,
    value: str | float | bool,
    sentence: str,
    unit: str | None = None,
    status: str | None = None,
) -> Fact:
    start = owner.text.find(sentence)
    evidence = Evidence(article=owner.id, field="text", start=start, end=start + len(sentence), sentence=sentence)
    return Fact(type=type, value=value, unit=unit, status=status, evidence=evidence)


def sentence(owner: Article, text: str) -> SummarySentence:
    start = owner.text.index(text)
    return SummarySentence(text=text, article=owner.id, start=start, end=start + len(text), language=owner.language)


def title(owner: Article) -> SummarySentence:
    return SummarySentence(
        text=owner.title, article=owner.id, start=0, end=len(owner.title), language=owner.language, field="title"
    )


def _why(outlets: str, severity: float) -> tuple[RankPart, ...]:
    return (
        RankPart(name="topic", value=0.97, weight=1.0, note="strongly on topic (0.97)"),
        RankPart(name="outlets", value=0.8, weight=0.6, note=outlets),
        RankPart(name="severity", value=severity, weight=0.5, note="severity and amount"),
        RankPart(name="recency", value=0.7, weight=0.3, note="first report 7 hours before closing"),
    )


def _with(owner: Article, *facts: Fact) -> Article:
    from dataclasses import replace

    return replace(owner, facts=facts)


def alibaba() -> Story:
    fr = (
        "Le ministère reproche à Alibaba Cloud d’avoir averti la fondation Apache avant les autorités.",
        "La suspension court pendant six mois.",
    )
    en = (
        "Alibaba Cloud engineers found the flaw, known as CVE-2021-44228, and reported it to Apache on 24 November.",
        "The flaw scores 10.0 on the CVSS scale and is exploited in attacks.",
    )
    de = ("Der Partner verliert für sechs Monate den Zugang zur staatlichen Meldeplattform.",)
    a = article("veille", "Pékin suspend sa coopération avec le nuage d’Alibaba après la faille Log4j", *fr,
                links=("https://www.miit.gov.cn/press/notice-12.html",
                "https://www.facebook.com/sharer?u=1"))  # fmt: skip
    b = article("packet", "Beijing pauses work with Alibaba Cloud over Log4j report", *en, hours=7,
                links=("https://logging.apache.org/log4j/2.x/security.html", "https://veille.example/x"))  # fmt: skip
    c = article("notar", "China bestraft Alibaba Cloud wegen Log4j-Meldung", *de, hours=3)
    d = article("copy", "Beijing pauses work with Alibaba Cloud over Log4j report", *en, hours=2)
    a = _with(a, fact(a, "authority", "MIIT", fr[0]), fact(a, "measure", "suspension", fr[1]),
              fact(a, "duration", 6.0, fr[1], "month"), fact(a, "target", "Alibaba Cloud", fr[0]))  # fmt: skip
    b = _with(b, fact(b, "cve", "CVE-2021-44228", en[0]), fact(b, "cvss", 10.0, en[1]), fact(b, "exploited", True,
        en[1]),
              Fact(type="kev", value=True, status="2021-12-10"))  # fmt: skip
    return Story(
        id="story-alibaba", articles=(a, b, c, d), copies={d.id: b.id}, labels=("sanction", "disclosure"), rank=2.41,
        why=_why("4 outlets in 3 languages", 1.0), headline=title(a),
        summary=(sentence(a, fr[0]), sentence(b, en[0]), sentence(c, de[0])),
    )  # fmt: skip


def vpn() -> Story:
    en = (
        "Two flaws in the Harbour VPN gateway let an attacker run commands without a password.",
        "Version 9.2.4 closes CVE-2026-31337 and CVE-2026-31338, rated 9.8 and 7.4.",
        "Attackers have used the first one since October, the vendor says.",
    )
    a = article("kernelpost", "Harbour VPN gateways attacked through a flaw that needs no password", *en, hours=9,
                links=("https://support.harbour.example/advisories/HV-2026-11",
                "https://www.cisa.gov/news/alert-31337"))  # fmt: skip
    b = article(
        "gazzetta", "Falla senza password nelle VPN Harbour", "Il produttore ha pubblicato una correzione.", hours=4
    )
    a = _with(a, fact(a, "cve", "CVE-2026-31337", en[1]), fact(a, "cve", "CVE-2026-31338", en[1]),
              fact(a, "cvss", 9.8, en[1]), fact(a, "cvss", 7.4, en[1]), fact(a, "exploited", True, en[2]),
              fact(a, "patched", True, en[1]), fact(a, "epss", 0.94, en[1]), fact(a, "product", "Harbour VPN 9",
              en[0]))  # fmt: skip
    return Story(
        id="story-vpn", articles=(a, b), labels=("disclosure", "supply-chain"), rank=2.2,
        why=_why("2 outlets in 2 languages", 0.98), headline=title(a), summary=tuple(sentence(a, text) for text in en),
        status="update",
        change="CISA added CVE-2026-31337 to its list of exploited flaws; a second flaw is patched too",
    )  # fmt: skip


def fine() -> Story:
    pt = (
        "A autoridade aplicou uma multa de 225 milhões de euros à plataforma Clipto.",
        "A empresa tem três meses para apagar os registos e anunciou que vai recorrer.",
    )
    es = ("La multa supera los 9,5 millones fijados en 2023 contra la misma empresa.",)
    a = article("lisboa", "Multa de 225 milhões de euros por transferir dados de menores", *pt, hours=11,
                links=("https://edpb.europa.eu/news/2026/decision-clipto_en",))  # fmt: skip
    b = article("correo", "Multa récord a Clipto por los datos de menores", *es, hours=10)
    a = _with(a, fact(a, "authority", "CNPD", pt[0]), fact(a, "amount", 225_000_000.0, pt[0], "EUR"),
              fact(a, "measure", "fine", pt[0], status="imposed"), fact(a, "duration", 3.0, pt[1], "month"),
              fact(a, "target", "Clipto", pt[0]), fact(a, "legal_basis", "GDPR Art. 46", pt[0]))  # fmt: skip
    b = _with(b, fact(b, "amount", 9_500_000.0, es[0], "EUR"), fact(b, "amount", 225_000_000.0, es[0], "EUR"))
    return Story(
        id="story-fine", articles=(a, b), labels=("sanction",), rank=1.9, why=_why("2 outlets in 2 languages", 0.7),
        headline=title(a), summary=(sentence(a, pt[0]), sentence(a, pt[1]), sentence(b, es[0])),
    )  # fmt: skip


def arabic() -> Story:
    ar = ("أعلنت الهيئة ثغرة CVE-2026-20777 في أجهزة Nakhla.", "يتوفر تحديث منذ يوم الأحد.")
    a = article("sada", "ثغرة خطيرة في أجهزة التوجيه Nakhla R5 تسمح بالتحكم عن بعد", *ar, hours=6)
    a = _with(a, fact(a, "cve", "CVE-2026-20777", ar[0]), fact(a, "cvss", 8.1, ar[0]), fact(a, "patched", True, ar[1]))
    return Story(
        id="story-arabic", articles=(a,), labels=("disclosure",), rank=1.4, why=_why("1 outlet", 0.8),
        headline=title(a),
        summary=tuple(sentence(a, text) for text in ar),
    )  # fmt: skip


def untranslated() -> Story:
    it = (
        "Il Garante ha avviato un’istruttoria sul portale sanitario Salus.",
        "Nessun dato è stato venduto, dice l’azienda.",
    )
    a = article("gazzetta", "Il Garante indaga sul portale Salus dopo la fuga di dati", *it, hours=8)
    b = article(
        "journal", "意大利监管机构调查萨卢斯健康门户网站数据泄露事件", "监管机构表示调查将持续三个月。", hours=6
    )
    a = _with(a, fact(a, "authority", "Garante", it[0]), fact(a, "measure", "investigation", it[0]))
    return Story(
        id="story-salus", articles=(a, b), labels=("sanction",), rank=1.1, why=_why("2 outlets in 2 languages", 0.2),
        headline=title(a), summary=(sentence(a, it[0]), sentence(a, it[1])),
    )  # fmt: skip


def hebrew() -> Story:
    he = ("הרשות קנסה את חברת Oren בסכום של 1.25 מיליון ש״ח.",)
    a = article("shield", "קנס לחברת Oren על הסתרת דליפת מידע", *he, hours=12)
    a = _with(a, fact(a, "amount", 1_250_000.0, he[0], "ILS"), fact(a, "measure", "fine", he[0], status="upheld"))
    return Story(
        id="story-oren", articles=(a,), labels=("sanction",), rank=0.9, why=_why("1 outlet", 0.2), headline=title(a),
        summary=(sentence(a, he[0]),),
    )  # fmt: skip


def bulletin() -> Story:
    fr = (
        "La bibliothèque Filigrane ne vérifiait pas la signature des paquets qu’elle installe.",
        "Aucune attaque n’est connue et la version 3.1.2 corrige le défaut.",
    )
    a = article("bulletin", "Filigrane acceptait des paquets non signés", *fr, hours=13,
                links=("https://filigrane.example/ghsa-7x7x",))  # fmt: skip
    a = _with(a, fact(a, "cve", "CVE-2026-40410", fr[0]), fact(a, "cvss", 5.9, fr[0]),
              fact(a, "exploited", False, fr[1]), fact(a, "patched", True, fr[1]))  # fmt: skip
    return Story(
        id="story-filigrane", articles=(a,), labels=("disclosure",), rank=0.8, why=_why("1 outlet", 0.5),
        headline=title(a), summary=tuple(sentence(a, text) for text in fr),
    )  # fmt: skip


def stories() -> list[Story]:
    return [alibaba(), vpn(), fine(), arabic(), untranslated(), hebrew(), bulletin()]


COVERAGE = Coverage(
    feeds=128, failures=(
        FeedFailure(feed="https://old.example/rss", name="Old Harbour Notices", reason="HTTP 404"),
        FeedFailure(feed="https://slow.example/rss", name="Nordic CERT", reason="no answer within 30 s"),
        FeedFailure(feed="https://wall.example/rss", name="Le Mur", reason="a web page instead of a feed"),
    ), entries=2143, passed=312, articles=297, junk=14, on_topic=96, stories=61,
    languages={"en": 41, "fr": 27, "de": 9, "pt": 6, "es": 5, "it": 4, "ar": 2, "he": 1, "zh": 1},
)  # fmt: skip


def sample(language: str = "en", **changes: object) -> Edition:
    """The whole edition; in French and English most of it is translated, in other languages nothing is."""
    values: dict[str, object] = {
        "day": DAY,
        "language": language,
        "title": "Le point cyber" if language == "fr" else "Cyber Morning Digest",
        "topics": TOPICS,
        "feeds": feeds(),
        "translator": Book(),
        "coverage": COVERAGE,
        "closed": CLOSED,
        "timezone": "Europe/Paris",
        "url": f"https://digest.example/{DAY.isoformat()}-{language}",
        "publisher": "Example Watch, 1 rue de l’Exemple, 75001 Paris, contact@digest.example",
    }
    return compose(stories(), **(values | changes))  # type: ignore[arg-type]
