"""`cyberdigest serve`: the editions as their readers will see them, for the editor's eyes on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.errors import DigestError
from pipeline.model import Edition, EditionFormat
from pipeline.render import FORMATS, render
from pipeline.render.templating import style_hash
from pipeline.web.guard import LocalApp

_PAGES = Path(__file__).resolve().parent / "pages"
#: Editions on the first page.
_LISTED = 90
#: Stands where each reader's own address will be.
_SAMPLE_UNSUBSCRIBE = "https://example.org/unsubscribe"
#: Renderings are strangers' words: no script, no form, no request, and shown in our own frames only.
_RENDERING_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
_VIEWS: dict[str, str] = {"web": "Web page", "mail": "Mail", "text": "Mail text", "markdown": "Markdown"}


class Editions(Protocol):
    """What the preview asks of the store."""

    def editions(self, *, limit: int | None = None) -> Sequence[Edition]:
        """Frozen editions, newest first."""

    def edition(self, id: str) -> Edition | None:
        """One frozen edition, None when there is none."""


def create_app(
    store: Editions, *, port: int = 8000, templates: Path | None = None, routes: Sequence[BaseRoute] = ()
) -> LocalApp:
    """Make the application; serve it on 127.0.0.1 only.

    Args:
        port: The port it will listen on; requests for any other Host are refused.
        templates: Folder whose templates go before ours; read again on every request, so an editor sees changes.
        routes: More pages beside the preview's own.
    """
    own: list[BaseRoute] = [
        Route("/", partial(_index, store), methods=["GET"]),
        Route("/edition/{id}", partial(_view, store), methods=["GET"]),
        Route("/edition/{id}/{kind}", partial(_rendering, store, templates), methods=["GET"]),
    ]
    return LocalApp([*own, *routes], port=port)


async def _index(store: Editions, _request: Request) -> Response:
    return _page("index.html", editions=store.editions(limit=_LISTED))


async def _view(store: Editions, request: Request) -> Response:
    edition = _find(store, request)
    shown = request.query_params.get("as", "web")
    if shown not in _VIEWS:
        raise HTTPException(404)
    return _page("edition.html", edition=edition, shown=shown, views=_VIEWS, formats=list(FORMATS))


async def _rendering(store: Editions, templates: Path | None, request: Request) -> Response:
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


def _page(name: str, **values: object) -> Response:
    css = Markup((_PAGES / "preview.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    html = _environment().get_template(name).render(css=css, **values)
    policy = (
        f"default-src 'none'; style-src '{style_hash(css)}'; img-src data:; frame-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"content-security-policy": policy})


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
