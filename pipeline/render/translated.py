"""What a card says of its words: which engines translated them, what was left, what the checks found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Card, CardSentence, Translation
from pipeline.render.wording import Wording
from pipeline.text.normalise import clean_text

#: Characters of a problem's detail; a mark is one line.
_LONGEST_DETAIL = 80
#: Told by the words of the mark itself, where the checks that failed are told beside it.
_KEPT = "kept-original"
_HOP = re.compile(r"(?P<source>[\w-]+)→(?P<target>[\w-]+) (?P<engine>.+)")


def short_route(route: str) -> str:
    """Write hops of one engine together: "fr→ca apertium, ca→pt apertium" as "fr→ca→pt Apertium"."""
    return "; ".join(dict.fromkeys(_short_route(part) for part in route.split("; ")))


def _short_route(route: str) -> str:
    runs: list[tuple[list[str], str]] = []
    for hop in route.split(", "):
        match = _HOP.fullmatch(hop.strip())
        if match is None:
            return clean_text(route)
        source, target, engine = match["source"], match["target"], match["engine"]
        if runs and runs[-1][1] == engine and runs[-1][0][-1] == source:
            runs[-1][0].append(target)
        else:
            runs.append(([source, target], engine))
    return clean_text(", ".join(f"{'→'.join(tags)} {engine[:1].upper()}{engine[1:]}" for tags, engine in runs))


def why_left(translation: Translation, target: str, say: Wording) -> str:
    """Why a sentence of an edition in the target language stands in its own language."""
    language = say.language_name(translation.source)
    if not translation.problems:
        return say("not_translated", language=language)
    others = tuple(problem for problem in translation.problems if problem.kind != _KEPT)
    if not others or others == translation.problems:
        reasons = doubts(translation, target, say)
        return say("not_translated_because", language=language, reason=say("semicolon").join(reasons))
    reasons = doubts(replace(translation, problems=others), target, say)
    return say("kept_because", language=language, reason=say("semicolon").join(reasons))


def why_doubted(translation: Translation, say: Wording) -> str | None:
    """What the checks found in a translation that is shown all the same; None where they found nothing."""
    problems = say("semicolon").join(doubts(translation, translation.target, say))
    return say("check", problem=problems) if problems else None


def doubts(translation: Translation, target: str, say: Wording) -> list[str]:
    """What the checks of a translation found, in words."""
    told = {}
    for problem in translation.problems:
        keys = (problem.kind, problem.kind.rpartition("-")[2], "other")
        key = next(key for key in keys if say.has(f"problems.{key}"))
        detail = clean_text(problem.detail)
        detail = detail if len(detail) <= _LONGEST_DETAIL else f"{detail[:_LONGEST_DETAIL].rstrip()}…"
        kind = clean_text(problem.kind)
        told[say(f"problems.{key}", kind=kind, detail=detail, source=translation.source, target=target)] = True
    return list(told)


def made_by(card: Card, say: Wording) -> str | None:
    """Who had a hand in the words of a card: an editor, the writer's model, the routes of its translations."""
    is_edited = any(sentence.editor for sentence in (card.headline, *card.summary))
    writers = dict.fromkeys(item.writer for item in card.summary if item.writer and not item.editor)
    written = [say("written", writer=clean_text(writer)) for writer in writers]
    route = _route((card.headline, *card.summary), say)
    return " · ".join([*([say("edited")] if is_edited else []), *written, *([route] if route else [])]) or None


def _route(sentences: Sequence[CardSentence], say: Wording) -> str | None:
    """Name the routes of a card's translations, and say so when a part of it stayed behind."""
    asked = [sentence.translation for sentence in sentences if sentence.translation is not None]
    routes = dict.fromkeys(short_route(answer.route) for answer in asked if answer.route)
    if not routes:
        return None
    key = "translated" if all(answer.is_translated for answer in asked) else "partly_translated"
    return say(key, route="; ".join(routes))
