"""Sentences of an article that can stand in a summary, with what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.model import Article
from pipeline.summarise.fronts import news_start
from pipeline.summarise.lists import Kind, list_lines
from pipeline.tables import read_table
from pipeline.text.normalise import FIRST_IDEOGRAPH, fold
from pipeline.text.scripts import EAST_ASIAN, EAST_ASIAN_LETTER
from pipeline.text.sentences import split_sentences
from pipeline.text.tags import primary

#: What lies behind this many code points is background.
_READ = 8000
_SHORTEST, _LONGEST = 35, 420
_SHORTEST_CJK, _LONGEST_CJK = 14, 180
#: Least shares of letters, and of words without figures: "On 20 May, Desk 6.1.1 came with a fix for CVE-2026-1111" is a
#: sentence, a row of a table has fewer.
_LETTERS, _PLAIN_WORDS = 0.4, 0.5
_ENDS = re.compile(r"[.!。！…][\"'”’»」』）)\]]*$")
_QUESTION = re.compile(r"[?？][\"'”’»」』）)\]]*$")
_OPENS_BADLY = re.compile(r"^[\"'“‘«„「『(\[{–—*•·#>|+=&,;:.\\-]|^\d+[.)]\s|^[a-zß-öø-ÿа-я]")
#: "The flaw, tracked as CVE-… for Desk and CVE-… for Notes.": the subject without what it does.
_NO_VERB = re.compile(
    r"^(?:The|An?|Une?|L[ae]) (?:[\w-]+ ){0,4}[\w-]+, (?:tracked|identified|known|designated|registered|rated"
    r"|assigned|suivie?|identifiée?|référencée?) [^,]*\.$"
)
_MARKUP = re.compile(r"https?://|<[a-z/]|&[a-z]+;|\{|\}|\||@|#\w|\[\W{0,3}\]|\.\.\.$|…$")
#: "Security · Ransomware · Acme pays": the way to a page; "Details: Jane Example: 17 June 2026.": who wrote it, when.
_OF_THE_PAGE = re.compile(
    r"(?:\s[·•›>]\s.*){2}"
    r"|:\s?(?:[^\W\d]+,? )?(?:\d{1,2}(?:er|\.|st|nd|rd|th)? (?:de )?[^\W\d]{3,10}\.?|[^\W\d]{3,10} \d{1,2}),?"
    r" (?:de )?20\d\d\W*$"
)
_QUOTES = (("“", "”"), ("«", "»"), ("„", "“"), ("「", "」"), ("(", ")"), ("（", "）"))
_THIS_FLAW = re.compile(
    r"(This|Cette|Diese|Esta|Questa) (?:[\w-]+ ){0,3}?(?:vulnerability|flaw|bug|vulnérabilité|faille|\w*[Ll]ücke"
    r"|\w*[Ss]chwachstelle|vulnerabilidad|vulnerabilità)\b"
)
#: What a flaw leads to, told right after the flaw.
_FOLLOWS = re.compile(
    r"(Elles?|Ils?|Celles?-ci|Certaines?(?: d['’]entre elles)?|They|It|Some of (?:them|these)|Sie|Diese"
    r"|Einige(?: davon| von ihnen)?"
    r"|Estas?|Algunas(?: de ellas)?|Queste|Alcune(?: di esse)?|Elas?|Algumas(?: delas)?|Ze|Sommige|Они|Она"
    r"|Umożliwiają) "
    r"(?:permet\w*|pourrai\w*|peu(?:t|vent)"
    r"|affecte\w*|touche\w*|allows?|could|can|may|affects?|lets?|enables?|impacts?|ermöglich\w*|erlaub\w*|könn\w*|betr[ie]ff\w*"
    r"|permite\w*|podr\w*|pued\w*|pode\w*|afetam?|afecta\w*|consent\w*|kunnen|stellen|позвол\w+|могут|может)\b"
    r"|((?:该|这些|上述)漏洞)(?:可能)?(?:允许|可|会|使|影响)|(この脆弱性)(?:により|が|を)"
)
_FLAW = re.compile(r"vulnerab|flaw|\bbug|zero-day|vulnérab|faille|lücke|schwachstelle", re.IGNORECASE)
#: A title of this many words that meets none of them in this many sentences stands over another text.
_TITLE_WORDS, _SENTENCES = 4, 3
#: A text of one sentence without a full stop is one where it has this many words, in scripts that part words.
_LONE_WORDS = 8
#: "4.2.1" is worth showing even in "Update to 4.2.1"; "section 5" is not.
_VERSION = re.compile(r"\d\.\d")
_VERSIONS = re.compile(r"\d+(?:\.\d+)+")
_WORD = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence, or one line of a list: `article.text[start:end] == text`."""

    article: Article
    start: int
    end: int
    text: str
    #: Place among the sentences of the article, usable or not; -1 for a line of a list.
    index: int
    words: frozenset[str]
    #: Needs the sentence right before it ("They allow an attacker to …").
    follows: bool = False
    #: What the list is of, for a line of a list; None for a sentence.
    line: Kind | None = None


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, list[str]]]:
    return read_table(Path(__file__).parent / "data" / "sentences.toml")


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    return frozenset(word for words in _tables()["function"].values() for word in words)


@lru_cache(maxsize=1)
def _columns() -> re.Pattern[str]:
    """Three headings of a table in a row."""
    return re.compile(rf"(?<!\w)(?:(?:{'|'.join(_tables()['columns']['any'])})\s){{3}}")


@lru_cache(maxsize=64)
def _pattern(table: str, language: str) -> re.Pattern[str] | None:
    words = _tables()[table].get(language)
    if not words:
        return None
    body = "|".join(words)
    if language in ("zh", "ja", "ko"):
        return re.compile(f"^(?:{body})" if table == "opening" else f"(?:{body})", re.IGNORECASE)
    start = r"^[\s\"'“«]*" if table == "opening" else r"(?<![\w'’-])" if table == "cut" else r"(?<!\w)"
    end = r"[.!。…][\"'”’»)]*$" if table == "cut" else r"(?!\w)"
    return re.compile(rf"{start}(?:{body}){end}", re.IGNORECASE)


def candidates(article: Article, titles: Sequence[str] = ()) -> list[Candidate]:
    """What of an article a summary may take, in reading order: its sentences, and lines of lists where it has too few.

    `titles` are those of the story's other reports, which a page may have run into a sentence as it does its own. A
    sentence that repeats the title stands where the next one needs it, or where there is nothing else.
    """
    found = list(_candidates(article, titles)) or list(_lone(article))
    if _is_of_another_text(found, article.title):
        return []
    language = primary(article.language)
    telling = [c for c in found if not _is_formula(c.text, language)]
    needed = {c.index - 1 for c in telling if c.follows}
    fresh = [c for c in telling if c.index in needed or not _repeats(c, article.title)]
    standing = sum(not c.follows for c in fresh)
    if standing > 1 or (standing and len(fresh) > 1):
        return fresh
    lines = [c for c in _lines(article, headed_only=bool(standing)) if not _is_formula(c.text, language)]
    if standing or lines:
        return fresh + lines
    title = content_words(article.title)
    return [c for c in (telling if not all(c.follows for c in telling) else found) if not c.words <= title]


def is_beside(candidate: Candidate) -> bool:
    """Whether a sentence adds to one before it: "Acme also advised customers"."""
    beside = _pattern("beside", primary(candidate.article.language))
    return beside is not None and bool(beside.search(candidate.text))


def turns_back(candidate: Candidate) -> bool:
    """Whether a sentence turns from the one before it: "Europe has, however, …"."""
    turns = _pattern("turns", primary(candidate.article.language))
    return turns is not None and bool(turns.search(candidate.text))


def _is_formula(sentence: str, language: str) -> bool:
    """Whether a sentence sends the reader elsewhere or could be said of any news; one with a version says more."""
    patterns = (_pattern(table, language) for table in ("formula", "chatter"))
    return any(p is not None and p.search(sentence) for p in patterns) and not _VERSION.search(sentence)


def _lines(article: Article, *, headed_only: bool) -> Iterator[Candidate]:
    """Lines of the article's lists that say more than its title, each once."""
    title = fold(article.title)
    words, seen = set(re.findall(r"\w+", title)), set[str]()
    for line in list_lines(article):
        folded = fold(line.text)
        is_new = folded not in seen and folded not in title and not words.issuperset(re.findall(r"\w+", folded))
        if is_new and (line.is_headed or not headed_only):
            seen.add(folded)
            yield Candidate(article, line.start, line.end, line.text, -1, content_words(line.text), line=line.kind)


def _is_of_another_text(found: list[Candidate], title: str) -> bool:
    """Whether no sentence shares a word with the title: a consent notice or an error page in the article's place."""
    words = content_words(title)
    return len(words) >= _TITLE_WORDS and len(found) >= _SENTENCES and not any(c.words & words for c in found)


def _repeats(candidate: Candidate, title: str) -> bool:
    """Whether a sentence is the title again, word for word or nearly, and without a version that the title lacks."""
    if set(_VERSIONS.findall(candidate.text)) - set(_VERSIONS.findall(title)):
        return False
    words = content_words(title)
    return bool(words) and len(candidate.words - words) <= 1 and len(candidate.words & words) >= 0.8 * len(words)


def _lone(article: Article) -> Iterator[Candidate]:
    """The one sentence of a text that is nothing else and has lost its full stop, as descriptions in feeds do."""
    spans = split_sentences(article.text, article.language)
    if len(spans) != 1 or len(article.text[slice(*spans[0])].split()) < _LONE_WORDS:
        return
    start, end = spans[0]
    start += news_start(article.text[start:end], article.title)
    sentence = article.text[start:end]
    if (
        sentence[-1:].isalnum()
        and ord(sentence[-1]) < FIRST_IDEOGRAPH
        and stands_alone(f"{sentence}.", primary(article.language))
    ):
        yield Candidate(article, start, end, sentence, 0, content_words(sentence))


def _candidates(article: Article, titles: Sequence[str]) -> Iterator[Candidate]:
    text = article.text
    language = primary(article.language)
    for index, (start, end) in enumerate(split_sentences(text[:_READ], language)):
        if end == _READ and end < len(text):
            continue  # cut in the middle
        start += news_start(text[start:end], article.title, titles)
        sentence = text[start:end]
        if stands_alone(sentence, language) or _speaks_of_title(sentence, article.title, language):
            yield Candidate(article, start, end, sentence, index, content_words(sentence))
        elif _tells_what_follows(sentence, language):
            yield Candidate(article, start, end, sentence, index, content_words(sentence), follows=True)


def _tells_what_follows(sentence: str, language: str) -> bool:
    """ "They allow …": would stand alone if it named what allows."""
    match = _FOLLOWS.match(sentence)
    return match is not None and stands_alone("X" + sentence[match.end(match.lastindex or 1) :], language)


def _speaks_of_title(sentence: str, title: str, language: str) -> bool:
    """ "This vulnerability allows …" under a headline that names it, where the sentence has two more words of it."""
    match = _THIS_FLAW.match(sentence)
    if match is None or not _FLAW.search(title) or len(content_words(sentence) & content_words(title)) < 3:
        return False
    return stands_alone("X" + sentence[match.end(1) :], language)


def stands_alone(sentence: str, language: str) -> bool:
    """Whether a sentence says something by itself: whole, no question, no quotation, nothing it points back to."""
    cjk = len(EAST_ASIAN_LETTER.findall(sentence)) > 0.3 * len(sentence)
    shortest, longest = (_SHORTEST_CJK, _LONGEST_CJK) if cjk else (_SHORTEST, _LONGEST)
    if not shortest <= len(sentence) <= longest or not _ENDS.search(sentence) or _QUESTION.search(sentence):
        return False
    if _OPENS_BADLY.search(sentence) or _MARKUP.search(sentence) or _NO_VERB.match(sentence) or "\n" in sentence:
        return False
    if any(sentence.count(a) != sentence.count(b) for a, b in _QUOTES if a != "„") or sentence.count('"') % 2:
        return False
    if _columns().search(sentence) or _OF_THE_PAGE.search(sentence):
        return False
    for table in ("opening", "filler", "cut"):
        pattern = _pattern(table, language)
        if pattern is not None and pattern.search(sentence):
            return False
    return _is_prose(sentence, cjk=cjk)


def _is_prose(sentence: str, *, cjk: bool) -> bool:
    """Whether a sentence is made of words, and these not of capitals."""
    letters = [c for c in sentence if c.isalpha()]
    if len(letters) <= _LETTERS * len(sentence) or sum(c.isupper() for c in letters) >= 0.4 * len(letters):
        return False
    words = sentence.split()
    return cjk or sum(not any(c.isdecimal() for c in word) for word in words) >= _PLAIN_WORDS * len(words)


def content_words(text: str) -> frozenset[str]:
    """Folded words that carry meaning; pairs of characters for scripts without spaces."""
    folded = (fold(match[0]) for match in _WORD.finditer(text))
    words = {w for w in folded if (len(w) > 3 or w.isdecimal()) and not EAST_ASIAN_LETTER.search(w)} - _function_words()
    for run in re.findall(f"[{EAST_ASIAN}]{{2,}}", text):
        words |= {run[i : i + 2] for i in range(len(run) - 1)}
    return frozenset(words)
