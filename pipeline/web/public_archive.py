"""What everybody may read: the first page, the past editions, the web feed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipeline.model import Edition
from pipeline.render import FORMATS, render
from pipeline.render.atom import render_feed
from pipeline.render.parts import Sentence
from pipeline.render.templating import style_hash, stylesheet
from pipeline.render.view import view
from pipeline.render.wording import wording
from pipeline.store.archive import Archived, Rule
from pipeline.web.public_site import Pages

_PER_PAGE = 30
_ON_FIRST_PAGE = 5
_IN_FEED = 10
_HEADLINES = 3
#: For a minute anybody may show it again without asking; what is older asks with the validator.
_CACHED = {"cache-control": "public, max-age=60", "x-robots-tag": "all"}
_OPEN = {"x-robots-tag": "all"}


class Shelf(Protocol):
    """What these pages ask of the store."""

    def archived(  # noqa: D102
        self, rule: Rule, *, language: str | None = None, id: str | None = None, limit: int = 1, offset: int = 0
    ) -> list[Archived]: ...
    def archived_edition(self, rule: Rule, id: str) -> Edition | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An edition in a list."""

    id: str
    date: str
    stories: str
    headlines: tuple[Sentence, ...]


class ArchivePages:
    """Editions that are public by the rule, as they stand."""

    def __init__(self, store: Shelf, pages: Pages, rule: Rule) -> None:
        self._store, self._pages, self._rule = store, pages, rule
        # What id, moment and revision name never changes: a day's page is made once and not for every visitor.
        self._line = lru_cache(maxsize=500)(self._make_line)
        self._web = lru_cache(maxsize=30)(self._make_web)
        self._atom = lru_cache(maxsize=10)(self._make_atom)

    def routes(self) -> list[BaseRoute]:
        """Before those of the readers, which take any path."""
        return [
            Route("/archive", self._list),
            Route("/archive/{id}", self._edition),
            Route("/feed/{language}", self._feed),
        ]

    def newest(self, language: str) -> list[Line]:
        """The newest editions of a language."""
        return self._lines(self._store.archived(self._rule, language=language, limit=_ON_FIRST_PAGE))

    async def _list(self, request: Request) -> Response:
        return await run_in_threadpool(self._list_page, request)

    def _list_page(self, request: Request) -> Response:
        say, wanted = self._pages.say(request), request.query_params.get("lang", "")
        language = wanted if wanted in self._pages.site.languages else self._pages.edition_language(say)
        number = request.query_params.get("page", "1")
        page = max(int(number), 1) if re.fullmatch("[0-9]{1,4}", number) else 1
        found = self._store.archived(self._rule, language=language, limit=_PER_PAGE + 1, offset=(page - 1) * _PER_PAGE)
        if not found and page > 1:
            return self._pages.message("missing", say, status=404)
        return self._pages.page(
            "archive.html",
            say,
            headers=_OPEN,
            editions=self._lines(found[:_PER_PAGE]),
            language=language,
            newer=page - 1,
            older=page + 1 if len(found) > _PER_PAGE else 0,
        )

    async def _edition(self, request: Request) -> Response:
        return await run_in_threadpool(self._edition_page, request)

    def _edition_page(self, request: Request) -> Response:
        found = self._store.archived(self._rule, id=request.path_params["id"])
        made = self._web(found[0]) if found else None
        if made is None:
            return self._pages.message("missing", self._pages.say(request), status=404)
        html, policy = made
        return _answer(request, html, FORMATS["html"][1], {**_CACHED, "content-security-policy": policy})

    async def _feed(self, request: Request) -> Response:
        return await run_in_threadpool(self._feed_page, request)

    def _feed_page(self, request: Request) -> Response:
        language = request.path_params["language"]
        found = self._store.archived(self._rule, language=language, limit=_IN_FEED)
        # Made-up languages have no editions, and must not push the others out of the cache.
        body = self._atom(language, tuple(found)) if found else None
        if body is None:
            return self._pages.message("missing", self._pages.say(request), status=404)
        return _answer(request, body, FORMATS["atom"][1], _CACHED)

    def _lines(self, found: Sequence[Archived]) -> list[Line]:
        return [line for item in found if (line := self._line(item)) is not None]

    def _make_line(self, item: Archived) -> Line | None:
        edition = self._public(item)
        if edition is None:
            return None
        seen = view(edition)
        return Line(
            id=edition.id,
            date=seen.full_date,
            stories=wording(edition.language)("coverage.stories", len(seen.cards)),
            headlines=tuple(card.headline for card in seen.cards[:_HEADLINES]),
        )

    def _make_web(self, item: Archived) -> tuple[str, str] | None:
        """The page and its policy: its own style sheet, and nothing else."""
        edition, templates = self._public(item), self._pages.site.templates
        if edition is None:
            return None
        policy = (
            f"default-src 'none'; style-src '{style_hash(stylesheet('web.css', templates))}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return render(edition, "html", templates=templates), policy

    def _make_atom(self, language: str, items: tuple[Archived, ...]) -> str | None:
        editions = [edition for item in items if (edition := self._public(item)) is not None]
        site = self._pages.site
        if not editions:
            return None
        return render_feed(editions, site.templates, self_url=site.address(f"feed/{language}"))

    def _public(self, item: Archived) -> Edition | None:
        """The edition with its address in the archive."""
        edition = self._store.archived_edition(self._rule, item.id)
        return None if edition is None else replace(edition, url=self._pages.site.address(f"archive/{edition.id}"))


def _answer(request: Request, text: str, kind: str, headers: Mapping[str, str]) -> Response:
    """The text, or 304 to somebody who has it."""
    body = text.encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = {item.strip().removeprefix("W/") for item in request.headers.get("if-none-match", "").split(",")}
    headers = {**headers, "etag": tag}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)
