"""One frozen edition, many renderings, each the same bytes every time it is made."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from pipeline.model import Edition, EditionFormat
from pipeline.render.json import from_dict, render_json, to_dict

#: Format -> (file name ending, media type) of a rendering.
FORMATS: dict[EditionFormat, tuple[str, str]] = {
    "html": ("html", "text/html; charset=utf-8"),
    "mail": ("mail.html", "text/html; charset=utf-8"),
    "text": ("txt", "text/plain; charset=utf-8"),
    "markdown": ("md", "text/markdown; charset=utf-8"),
    "json": ("json", "application/json"),
    "atom": ("atom.xml", "application/atom+xml; charset=utf-8"),
}


def render(
    edition: Edition,
    format: EditionFormat,
    *,
    templates: Path | None = None,
    unsubscribe_url: str | None = None,
    preferences_url: str | None = None,
) -> str:
    """Render an edition; the result depends on the arguments and the templates only.

    Args:
        templates: Folder whose files go before ours of the same name; None takes ours.
        unsubscribe_url: The reader's own address for leaving, http(s) or mailto; shown by mail, text and html.
        preferences_url: The reader's own page for language and topics, http(s); shown beside it.
    Raises:
        InputError: A template is missing or broken; the error names its file and line.
    """
    if format == "json":
        return render_json(edition)
    # The template engine is loaded when a template is filled, not by everyone who stores an edition.
    from pipeline.render.atom import render_atom
    from pipeline.render.mail import render_mail
    from pipeline.render.templating import fill, style_hash, stylesheet
    from pipeline.render.view import view

    if format == "atom":
        return render_atom(edition, templates)
    shown = view(edition, unsubscribe_url=unsubscribe_url, preferences_url=preferences_url)
    if format == "html":
        css = stylesheet("web.css", templates)
        return fill("web.html", shown, templates, css=css, style_hash=style_hash(css))
    if format == "mail":
        return render_mail(shown, templates)
    if format == "text":
        return fill("edition.txt", shown, templates)
    if format == "markdown":
        return fill("edition.md", shown, templates)
    assert_never(format)


__all__ = ["FORMATS", "from_dict", "render", "to_dict"]
