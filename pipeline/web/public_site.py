"""What the public pages share: the site's own facts, its templates, the visitor's language, and the forms."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pipeline.model import TopicSpec
from pipeline.render.templating import style_hash
from pipeline.render.wording import Wording, direction, languages, wording
from pipeline.store.archive import Rule
from pipeline.text.normalise import clean_text
from pipeline.text.tags import primary

_PAGES = Path(__file__).resolve().parent / "pages"
#: A form of ours is a few hundred bytes.
_LONGEST_BODY = 4096
_BODY_SECONDS = 10.0
_MOST_FIELDS = 60
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")

#: Languages as those who speak them call them; a choice of language is read by people who read no other.
_OWN_NAMES = {
    "ar": "العربية", "bg": "Български", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "es": "Español", "et": "Eesti", "fa": "فارسی", "fi": "Suomi",
    "fr": "Français", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar",
    "id": "Bahasa Indonesia", "it": "Italiano", "ja": "日本語", "ko": "한국어", "lt": "Lietuvių",
    "lv": "Latviešu", "nb": "Norsk", "nl": "Nederlands", "no": "Norsk", "pl": "Polski",
    "pt": "Português", "ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina",
    "sv": "Svenska", "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt",
    "zh": "中文",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The newsletter as the world sees it."""

    title: str
    #: Languages of the edition; the first is spoken where a visitor's is not known.
    languages: tuple[str, ...]
    topics: tuple[TopicSpec, ...] = ()
    publisher: str | None = None
    #: Where the world reaches these pages; None: there is only the page behind the unsubscribe links.
    url: str | None = None
    #: Most confirmation mails an hour; None: nobody can sign up.
    signups_per_hour: int | None = None
    #: Which editions are public; None: there is no archive.
    archive: Rule | None = None
    #: Folder whose templates go before ours, for the editions.
    templates: Path | None = None

    @property
    def prefix(self) -> str:
        """The path that the public address begins with, without a slash at its end."""
        return urlsplit(self.url).path.rstrip("/") if self.url else ""

    @property
    def host(self) -> str:
        """Host and port of the public address, as browsers name it: without the port that goes without saying."""
        return urlsplit(self.url).netloc.lower().removesuffix(":443") if self.url else ""

    def address(self, path: str) -> str:
        """Whole address of a page, from the configuration and never from what a request says."""
        return f"{(self.url or '').rstrip('/')}/{path}"

    def topic_titles(self, language: str) -> dict[str, str]:
        """Topic → name for readers, in their language where there is one."""
        found = {}
        for topic in self.topics:
            for tag in (language, primary(language), "en"):
                if tag in topic.titles:
                    found[topic.name] = clean_text(topic.titles[tag])
                    break
            else:
                found[topic.name] = topic.name
        return found

    def language_names(self) -> dict[str, str]:
        """Language of the edition → its own name for itself, the tag where we do not know it."""
        return {tag: _OWN_NAMES.get(primary(tag), tag) for tag in self.languages}


class Pages:
    """Fills the templates of the public pages under a policy that allows their one style sheet and nothing else."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._css = Markup((_PAGES / "public.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
        self._policy = (
            f"default-src 'none'; style-src '{style_hash(self._css)}'; img-src data:; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'"
        )
        self._environment = Environment(
            loader=FileSystemLoader(_PAGES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(
        self,
        name: str,
        say: Wording,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> Response:
        """One page; `say` decides its language."""
        html = self._environment.get_template(name).render(
            css=self._css, say=say, site=self.site, lang=say.language, dir=direction(say.language), **values
        )
        policy = {"content-security-policy": self._policy}
        return HTMLResponse(html, status_code=status, headers={**policy, **(headers or {})})

    def message(
        self, name: str, say: Wording, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response:
        """A page that says one thing: the words "public.<name>_title" and "public.<name>"."""
        return self.page("public-message.html", say, status=status, headers=headers, state=name, **values)

    def say(self, request: Request) -> Wording:
        """Words in the visitor's language: asked for by `?lang=`, else the best of Accept-Language, else ours."""
        wanted = request.query_params.get("lang", "")
        if _TAG.fullmatch(wanted):
            return wording(wanted)
        known = set(languages())
        for tag in _accepted(request.headers.get("accept-language", "")):
            if tag in known or primary(tag) in known:
                return wording(tag)
        return wording(self.site.languages[0])

    def edition_language(self, say: Wording) -> str:
        """Language of the edition for somebody who reads these words."""
        spoken = [tag for tag in self.site.languages if primary(tag) == primary(say.language)]
        same = [tag for tag in spoken if tag.lower() == say.language]
        return (same or spoken or self.site.languages)[0]


async def read_form(request: Request) -> dict[str, list[str]]:
    """Fields of a form sent by one of our own pages.

    Raises:
        HTTPException: Sent by another site, no form, too long, too slow, or not text.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    try:
        body = await asyncio.wait_for(_body(request), _BODY_SECONDS)
    except TimeoutError as error:
        raise HTTPException(408) from error
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(400) from error


def refuse_strangers(request: Request, site: Site) -> None:
    """Forms come from our own pages. There is no cookie to abuse; but no other site shall use its visitors' computers.

    Raises:
        HTTPException: The browser says that another site sends it.
    """
    sender = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin", "null").lower()
    # Under "no-referrer" browsers send "null" with a form, even to its own server.
    is_elsewhere = origin != "null" and origin.partition("://")[2] != site.host
    if sender == "cross-site" or (sender is None and is_elsewhere):
        raise HTTPException(403)


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_BODY:
            raise HTTPException(413)
    return body


def _accepted(header: str) -> list[str]:
    """Language tags by falling preference (RFC 9110 section 12.5.4); what is not understood is left out."""
    found = []
    for number, part in enumerate(header[:500].split(",")):
        tag, _, quality = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q=(0(\.\d{0,3})?|1(\.0{0,3})?)\s*", quality) if quality else None
        if _TAG.fullmatch(tag.strip()) and (not quality or weight):
            found.append((-float(weight[1]) if weight else -1.0, number, tag.strip().lower()))
    return [tag for weight, _, tag in sorted(found) if weight < 0]
