"""A LibreTranslate server of one's own, asked over HTTP through the one door to the network.

API: https://docs.libretranslate.com/ (`GET /languages`, `POST /translate` with a list in "q").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.errors import DigestError
from pipeline.model import Problem
from pipeline.translate.engine import Call, Edge, EngineContext, language_code

NAME = "libretranslate"
#: Sentences a request; servers refuse long lists (`--batch-limit`) and a failed request costs this many.
_BATCH = 50
_SECONDS_TO_LIST, _SECONDS_TO_TRANSLATE = 10.0, 120.0


def engine(context: EngineContext) -> LibreTranslateEngine:
    """Entry point; without a `url` in its settings the engine offers nothing."""
    settings = context.settings.get(NAME, {})
    return LibreTranslateEngine(settings.get("url"), call=context.call, api_key=settings.get("api_key"))


class LibreTranslateEngine:
    """The engine of the protocol."""

    name = NAME
    longest = 700

    def __init__(self, url: str | None, *, call: Call | None, api_key: str | None = None) -> None:
        """Use the server at `url`."""
        self._url, self._call, self._key = (url or "").rstrip("/"), call, api_key
        self._pairs: dict[tuple[str, str], tuple[str, str]] | None = None

    def edges(self) -> Sequence[Edge]:
        """What the server says it can do, asked once; nothing when it does not answer."""
        model = f"{NAME}:{self._url}"
        return [
            Edge(engine=NAME, source=source, target=target, model=model)
            for source, target in sorted(self._known_pairs())
        ]

    def translate(self, sentences: Sequence[str], edge: Edge) -> list[str | Problem]:
        """Lists of fifty; a list that fails is asked once more."""
        pair = self._known_pairs()[edge.source, edge.target]
        outcomes: list[str | Problem] = []
        for start in range(0, len(sentences), _BATCH):
            batch = list(sentences[start : start + _BATCH])
            answer = self._ask(batch, pair)
            if isinstance(answer, Problem):
                answer = self._ask(batch, pair)
            outcomes.extend([answer] * len(batch) if isinstance(answer, Problem) else answer)
        return outcomes

    def close(self) -> None:
        """Nothing stays open; the server is asked anew for its pairs."""
        self._pairs = None

    def _ask(self, batch: list[str], pair: tuple[str, str]) -> list[str] | Problem:
        assert self._call is not None
        body = {"q": batch, "source": pair[0], "target": pair[1], "format": "text"}
        if self._key:
            body["api_key"] = self._key
        try:
            answer = self._call(f"{self._url}/translate", body, _SECONDS_TO_TRANSLATE)
        except (DigestError, OSError, ValueError) as error:
            return Problem(kind="engine-failed", detail=f"{self._url}: {error}"[:300])
        texts = answer.get("translatedText") if isinstance(answer, Mapping) else None
        if isinstance(texts, list) and len(texts) == len(batch) and all(isinstance(t, str) for t in texts):
            return texts
        return Problem(kind="engine-failed", detail=f"{self._url}: the answer is not a list of {len(batch)} texts")

    def _known_pairs(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Our codes -> the server's."""
        if self._pairs is None:
            self._pairs = {}
            for row in self._languages():
                targets = row.get("targets")
                for target in targets if isinstance(targets, list) else ():
                    pair = str(row.get("code")), str(target)
                    ours = language_code(pair[0]), language_code(pair[1])
                    if ours[0] != ours[1]:
                        self._pairs.setdefault(ours, pair)
        return self._pairs

    def _languages(self) -> list[Mapping[str, object]]:
        if not self._url or self._call is None:
            return []
        try:
            answer = self._call(f"{self._url}/languages", None, _SECONDS_TO_LIST)
        except (DigestError, OSError, ValueError):
            return []
        return [row for row in answer if isinstance(row, Mapping)] if isinstance(answer, list) else []
