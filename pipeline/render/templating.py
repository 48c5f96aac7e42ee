"""Jinja2 as this project uses it: strict, escaping, sandboxed, the user's templates before ours."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import unicodedata
from pathlib import Path

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from pipeline.errors import InputError
from pipeline.render.parts import CardView, EditionView
from pipeline.resources import resource

_WIDTH = 72
_MARKDOWN = re.compile(r"([\\`*_\[\]<>&~|#])")
#: What would begin a list or an underlined heading at the start of a line.
_MARKDOWN_LIST = re.compile(r"^(\s*\d*)([-+=.)])")


#: Controls, bidi overrides and isolates, lone surrogates: what no rendering may pass on, wherever it came from.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufeff\ud800-\udfff\ufffe\uffff]")


#: Identifiers that are copied, searched and compared as a whole, and so stand on one line: CVE-2021-44228.
_IDENTIFIER = re.compile(r"\b(?:[A-Z]{2,8}-\d{4}-[A-Z\d]{1,8}(?:-[A-Z\d]{1,8})?|GHSA(?:-[0-9a-z]{4}){3})\b", re.ASCII)


class MarkdownSafe(str):
    """Text that is Markdown already."""

    __slots__ = ()


def fill(name: str, edition: EditionView, templates: Path | None, **values: object) -> str:
    """Render one template; its errors name the template's file and line.

    Raises:
        InputError: The template is missing, does not parse, or uses a name that does not exist; or one of the
            user's fails in any other way.
    """
    environment = _environment(templates, name.rpartition(".")[2])
    try:
        text = environment.get_template(name).render(edition=edition, **values)
    except TemplateSyntaxError as error:
        raise InputError(f"{error.filename or error.name}:{error.lineno}", error.message or "syntax error") from error
    except TemplateNotFound as error:
        raise InputError(_place(error, name), f"there is no template {error.message}") from error
    except TemplateError as error:
        said = re.sub(
            r"'pipeline\.[\w.]+\.(\w+?)(?:View)? object'", lambda kind: kind[1].lower(), str(error.message or error)
        )
        raise InputError(_place(error, name), said) from error
    except UnicodeDecodeError as error:
        own = templates / name if templates else Path(name)
        raise InputError(str(own if own.exists() else name), "not UTF-8 text; save the file as UTF-8") from error
    except Exception as error:  # whatever an expression in it comes to: a division by zero, a word that no table has
        place = _place(error, name)
        if templates is None or Path(place).is_relative_to(resource("templates")):
            raise
        raise InputError(place, f"{type(error).__name__}: {error}") from error
    return text.strip() + "\n"


def stylesheet(name: str, templates: Path | None) -> Markup:
    """Return a style sheet of the template folder, as it is.

    Raises:
        InputError: There is none of that name.
    """
    environment = _environment(templates, "css")
    try:
        source, _, _ = environment.loader.get_source(environment, name)  # type: ignore[union-attr]
    except TemplateError as error:
        raise InputError(name, f"{error}") from error
    # "</style" would end the element early; no sheet needs it.
    return Markup(re.sub(r"</(?=style)", r"<\\/", source, flags=re.IGNORECASE))  # noqa: S704 - a file of the template folder


def style_hash(css: str) -> str:
    """Return the CSP source that allows exactly this inline style sheet."""
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def wrap(text: str, indent: int = 0, first: str | None = None) -> str:
    """Fold text to 72 columns; East Asian wide characters count two, addresses are never cut."""
    margin = " " * indent
    lines, line = [], margin if first is None else first.rjust(indent)
    is_empty = True
    for gap, word in _words(str(text)):
        if not is_empty and _columns(line + gap + word) > _WIDTH:
            lines.append(line)
            line, is_empty = margin, True
        line += word if is_empty else gap + word
        is_empty = False
    return "\n".join([*lines, line]).rstrip()


def escape_markdown(value: object) -> object:
    """Make text literal in Markdown and in the HTML it becomes; applied to every expression of a .md template."""
    if isinstance(value, MarkdownSafe):
        return value
    text = _MARKDOWN.sub(r"\\\1", _INVISIBLE.sub("", str(value)).replace("\n", " "))
    return _MARKDOWN_LIST.sub(r"\1\\\2", text)


def _visible(value: object) -> object:
    """Applied to every expression of the other templates, before escaping."""
    return _INVISIBLE.sub("", value) if isinstance(value, str) and not isinstance(value, Markup) else value


def unbroken(text: str) -> Markup:
    """Escape text for HTML and keep its identifiers on one line, which a browser breaks at each hyphen."""
    return Markup(_IDENTIFIER.sub(r'<span class="id">\g<0></span>', str(escape(_visible(text)))))  # noqa: S704 - escaped


def _numbered_summary(card: CardView) -> str:
    """Return the summary in one paragraph, the number of a source behind the sentences that are taken from it."""
    said = ((f"{item.text}{item.stop}", item.ref) for item in card.sentences)
    return " ".join(f"{text} [{ref}]" if ref else text for text, ref in said)


def _markdown_link(url: str, text: str) -> MarkdownSafe:
    """Write a link; the address was checked by `links.web_address`."""
    return MarkdownSafe(f"[{escape_markdown(text)}](<{url}>)")


@functools.lru_cache(maxsize=16)
def _environment(templates: Path | None, kind: str) -> ImmutableSandboxedEnvironment:
    folders = [*([templates] if templates else []), resource("templates")]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=kind not in {"txt", "md", "css"},
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=escape_markdown if kind == "md" else _visible,
        keep_trailing_newline=False,
    )
    environment.filters.update(wrap=wrap, columns=_columns, unbroken=unbroken)
    environment.globals.update(link=_markdown_link, raw=MarkdownSafe, summary=_numbered_summary)
    return environment


def _place(error: BaseException, name: str) -> str:
    """Find the last line of a template in the traceback."""
    place, trace = name, error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith((".html", ".txt", ".md", ".css")):
            place = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _words(text: str) -> list[tuple[str, str]]:
    """Pieces that may stand on a line of their own, each with what goes before it: a space, or nothing
    between ideographs, which are written without."""
    pieces = []
    for word in text.split(" "):
        gap, run = " ", ""
        for character in word:
            if run and _is_wide(character) and not _is_closing(character):
                pieces.append((gap, run))
                gap, run = "", ""
            run += character
        if run:
            pieces.append((gap, run))
    return pieces


def _columns(text: str) -> int:
    return sum(0 if unicodedata.combining(character) else 2 if _is_wide(character) else 1 for character in text)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _is_closing(character: str) -> bool:
    """Punctuation that must not begin a line."""
    return unicodedata.category(character) in {"Pe", "Pf", "Po"}
