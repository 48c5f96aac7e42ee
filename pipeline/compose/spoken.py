"""Every sentence of an edition in the edition's language, translated in few batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, Protocol

from pipeline.model import Article, CardSentence, Fact, Problem, Story, SummarySentence, Translation
from pipeline.text.normalise import clean_text
from pipeline.text.tags import primary

Style = Literal["text", "headline"]


class Translates(Protocol):
    """What compose asks of the translation room; an item that fails comes back in its own language."""

    def translate(
        self,
        texts: Sequence[tuple[str, str | None]],
        target: str,
        *,
        style: Style = "text",
        facts: Sequence[Sequence[Fact]] = (),
    ) -> list[Translation]:
        """Translate (text, source language) pairs, of each of which `facts` tells; one answer per pair, in order."""


class Spoken:
    """Every sentence of the edition in the edition's language, translated in two batches."""

    def __init__(
        self,
        stories: Sequence[Story],
        language: str,
        translator: Translates | None,
        fields: Collection[str] = ("title", "summary"),
        *,
        lines: Sequence[SummarySentence] = (),
        words: Sequence[SummarySentence] = (),
    ) -> None:
        """Translate the fields of the stories, headlines (`lines`) of stories that have no more, and single `words`."""
        self.language = language
        self.missing: set[str] = set()
        self._known: dict[tuple[str, str, str | None, str], Translation] = {}
        #: Article -> what is known of its story: a name that one report has is one in all.
        self._facts = {
            article.id: tuple(fact for one in story.articles for fact in one.facts)
            for story in stories
            for article in story.articles
        }
        self._has_text = "text" in fields
        headlines = [*map(headline_of, stories), *lines] if "title" in fields else []
        sentences = [s for story in stories for s in story.summary] if "summary" in fields else []
        texts = [paragraph for story in stories for paragraph in self._foreign(story)] if self._has_text else []
        self._ask(headlines, "headline", translator)
        self._ask([*sentences, *texts, *(words if "summary" in fields else ())], "text", translator)

    def full_text(self, story: Story) -> tuple[CardSentence, ...]:
        """The paragraphs of the article that tells the story, where they are wanted and foreign."""
        if not self._has_text:
            return ()
        return tuple(self.card_sentence(paragraph, "text") for paragraph in self._foreign(story))

    def _foreign(self, story: Story) -> list[SummarySentence]:
        lead = story.articles[0]
        is_readable = lead.junk is None and lead.language not in {None, "und"}
        return paragraphs_of(lead) if is_readable and primary(lead.language) != primary(self.language) else []

    def card_sentence(self, sentence: SummarySentence, style: Style) -> CardSentence:
        """Return the sentence as shown, with its original and its translation, if it needed one."""
        original = clean_text(sentence.text)
        own = sentence.language or "und"
        translation = self._known.get((style, original, sentence.language, sentence.article))
        if translation is None:
            return CardSentence(text=original, language=own, original=sentence)
        if not translation.is_translated:
            return CardSentence(text=original, language=own, original=sentence, translation=translation)
        return CardSentence(
            text=clean_text(translation.text) or original,
            language=self.language,
            original=sentence,
            translation=translation,
        )

    def _ask(self, sentences: Iterable[SummarySentence], style: Style, translator: Translates | None) -> None:
        foreign = dict.fromkeys(
            (clean_text(sentence.text), sentence.language, sentence.article)
            for sentence in sentences
            if primary(sentence.language) != primary(self.language)
        )
        texts = [(text, None if source == "und" else source) for text, source, _ in foreign]
        facts = [self._facts.get(article, ()) for _, _, article in foreign]
        if translator is None:
            answers = [_unspoken(text, source, self.language) for text, source in texts]
        else:
            answers = translator.translate(texts, self.language, style=style, facts=facts) if texts else []
        for asked, answer in zip(foreign, answers, strict=True):
            self._known[style, *asked] = answer
            if any(problem.kind == "no-route" for problem in answer.problems) and not answer.is_translated:
                self.missing.add(f"{answer.source}→{self.language}")


def _unspoken(text: str, source: str | None, target: str) -> Translation:
    problem = Problem(kind="no-translator", detail="translation is switched off")
    return Translation(text=text, source=source or "und", target=target, route=None, problems=(problem,))


def headline_of(story: Story) -> SummarySentence:
    """The headline that was chosen, or the title of the first article."""
    if story.headline is not None:
        return story.headline
    lead = story.articles[0]
    return SummarySentence(
        text=lead.title, article=lead.id, start=0, end=len(lead.title), language=lead.language, field="title"
    )


def paragraphs_of(article: Article) -> list[SummarySentence]:
    """The paragraphs of an article, each with its span."""
    found, start = [], 0
    for paragraph in article.paragraphs:
        end = start + len(paragraph)
        found.append(
            SummarySentence(text=paragraph, article=article.id, start=start, end=end, language=article.language)
        )
        start = end + 2  # the blank line between two
    return found
