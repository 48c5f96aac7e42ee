"""`cyberdigest serve`: the editions as their readers will see them, for the editor's eyes on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.errors import DigestError
from pipeline.model import Edition, EditionFormat
from pipeline.render import FORMATS, render
from pipeline.render.links import web_address
from pipeline.render.translated import doubts, short_route
from pipeline.render.wording import wording
from pipeline.run.desk import Desk
from pipeline.run.fulltext import FullText
from pipeline.web.desk import desk_routes
from pipeline.web.guard import LocalApp
from pipeline.web.page import page

if TYPE_CHECKING:
    from pipeline.store import Standing

#: Editions on the first page.
_LISTED = 90
#: Newest editions whose state is told: somebody may still be at work on them.
_AT_WORK = 20
#: Stands where each reader's own address will be.
_SAMPLE_UNSUBSCRIBE = "https://example.org/unsubscribe"
#: Renderings are strangers' words: no script, no form, no request, and shown in our own frames only.
_RENDERING_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
_VIEWS: dict[str, str] = {"web": "Web page", "mail": "Mail", "text": "Mail text", "markdown": "Markdown"}

#: (article, language) -> its whole text, None when it is not known.
FullTexts = Callable[[str, str], FullText | None]


class Editions(Protocol):
    """What the preview asks of the store."""

    def editions(self, *, limit: int | None = None) -> Sequence[Edition]:
        """Frozen editions, newest first."""

    def edition(self, id: str) -> Edition | None:
        """One frozen edition, None when there is none."""


def create_app(
    store: Editions,
    *,
    port: int = 8000,
    templates: Path | None = None,
    texts: FullTexts | None = None,
    desk: Desk | None = None,
    routes: Sequence[BaseRoute] = (),
) -> LocalApp:
    """Make the application; serve it on 127.0.0.1 only.

    Args:
        port: The port it will listen on; requests for any other Host are refused.
        templates: Folder whose templates go before ours; read again on every request, so an editor sees changes.
        texts: Gives the whole text of an article, translated when it is opened; without it there is no such page.
        desk: Where editions are changed; without it everything is to look at only.
        routes: More pages beside the preview's own.
    """
    own: list[BaseRoute] = [
        Route("/", partial(_index, store, desk), methods=["GET"]),
        Route("/edition/{id}", partial(_view, store, texts, desk), methods=["GET"]),
        Route("/edition/{id}/article/{article}", partial(_article, store, texts), methods=["GET"]),
        *(desk_routes(desk, has_articles=texts is not None) if desk else []),
        Route("/edition/{id}/{kind}", partial(_rendering, store, templates), methods=["GET"]),
    ]
    app = LocalApp([*own, *routes], port=port)
    app.add_exception_handler(404, _missing)
    app.add_exception_handler(DigestError, _failed)
    return app


def _missing(_request: Request, _error: Exception) -> Response:
    return page("lost.html", status=404, title="Not here", problem="There is no such page or edition.")


def _failed(_request: Request, error: Exception) -> Response:
    """A database that is held by another program, or gone, in its own words."""
    return page("lost.html", status=503, title="Not now", problem=str(error))


# The pages are plain functions, which Starlette runs in threads: a database that is locked, or an article that is being
# translated, must not keep the other pages waiting.


def _index(store: Editions, desk: Desk | None, _request: Request) -> Response:
    editions = store.editions(limit=_LISTED)
    states = {edition.id: _state(desk.standing(edition.id)) for edition in editions[:_AT_WORK]} if desk else {}
    return page("index.html", editions=editions, states=states, has_desk=desk is not None)


def _state(standing: Standing) -> str:
    """How far an edition is, in a word."""
    if standing.mailed is not None:
        return "mailed"
    if standing.approval is not None:
        return "approved"
    return "changed, not approved" if standing.revision else "not approved"


def _view(store: Editions, texts: FullTexts | None, desk: Desk | None, request: Request) -> Response:
    edition = _find(store, request)
    shown = request.query_params.get("as", "web")
    views = {**_VIEWS, "articles": "Articles"} if texts else _VIEWS
    if shown not in views:
        raise HTTPException(404)
    has_desk = desk is not None
    return page("edition.html", edition=edition, shown=shown, views=views, formats=list(FORMATS), has_desk=has_desk)


def _article(store: Editions, texts: FullTexts | None, request: Request) -> Response:
    """One article of an edition, in the edition's language, beside its original."""
    edition = _find(store, request)
    sources = {source.article: source for card in edition.cards for source in card.sources}
    source = sources.get(request.path_params["article"])
    if source is None or texts is None:
        raise HTTPException(404)
    try:
        text = texts(source.article, edition.language)
    except DigestError as error:
        return PlainTextResponse(f"{error}\n", status_code=500)
    if text is None:
        raise HTTPException(404)
    asked = (text.title, *text.paragraphs)
    notes = [doubts(paragraph, edition.language, wording("en")) for paragraph in text.paragraphs]
    routes = list(dict.fromkeys(short_route(answer.route) for answer in asked if answer.route))
    return page(
        "article.html", edition=edition, text=text, outlet=source.outlet, url=web_address(source.url), routes=routes,
        notes=notes, originals=text.article.paragraphs,
    )  # fmt: skip


def _rendering(store: Editions, templates: Path | None, request: Request) -> Response:
    edition = _find(store, request)
    kind = _format(request.path_params["kind"])
    try:
        text = render(edition, kind, templates=templates, unsubscribe_url=_SAMPLE_UNSUBSCRIBE)
    except DigestError as error:
        # A broken template of the editor's own: say where, as the command line would.
        return PlainTextResponse(f"{error}\n", status_code=500)
    # Feeds and Markdown are shown as the text they are; a browser would offer them for download.
    media = FORMATS[kind][1] if kind in {"html", "mail", "json"} else "text/plain; charset=utf-8"
    headers = {"content-security-policy": _RENDERING_POLICY, "x-frame-options": "SAMEORIGIN"}
    return Response(text.encode("utf-8", "replace"), media_type=media, headers=headers)


def _find(store: Editions, request: Request) -> Edition:
    edition = store.edition(request.path_params["id"])
    if edition is None:
        raise HTTPException(404)
    return edition


def _format(name: str) -> EditionFormat:
    for kind in FORMATS:
        if kind == name:
            return kind
    raise HTTPException(404)
