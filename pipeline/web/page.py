"""Our own pages: templates of this folder under a policy that allows their one style sheet and nothing else."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from pipeline.render.templating import style_hash

_PAGES = Path(__file__).resolve().parent / "pages"


def page(name: str, *, status: int = 200, has_forms: bool = False, **values: object) -> Response:
    """Fill a template of `pages/`.

    Args:
        name: File name of the template.
        status: Status of the answer.
        has_forms: Whether its forms may be sent, to this server.
        values: What the template sees beside its style sheet.
    """
    css = Markup((_PAGES / "preview.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    html = _environment().get_template(name).render(css=css, **values)
    forms = "'self'" if has_forms else "'none'"
    policy = (
        f"default-src 'none'; style-src '{style_hash(css)}'; img-src data:; frame-src 'self'; base-uri 'none'; "
        f"form-action {forms}; frame-ancestors 'none'"
    )
    headers = {"content-security-policy": policy}
    if has_forms:
        # Under "no-referrer" browsers send "Origin: null" with a form, even to its own server.
        headers["referrer-policy"] = "same-origin"
    return HTMLResponse(html, status_code=status, headers=headers)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
