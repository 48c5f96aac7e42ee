"""Who may be named in scripts without capitals: what words part in Chinese and Japanese, words of Korean and Arabic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.facts.capital_runs import Way
from pipeline.facts.forms import CJK_BEHIND, CJK_PREFIX
from pipeline.facts.patterns import load

_PARTINGS = load("target_candidates")["cjk"]
HANGUL = re.compile(r"[\uac00-\ud7a3]")
ARABIC = re.compile(r"[\u0600-\u06ff]")
QUOTED = re.compile(r"[«„“「『《\"‘](?P<name>[^«»„“”「」『』《》\"’]{2,40})[»”“」』》\"’]")
#: Particles at the end of a Korean word.
_JOSA = re.compile(
    r"(?<=[\w)])(?:에게는|에게|에서는|에서|에는|에|에 대해|은|는|이|가|을|를|의|와|과|도|으로|로|씨에게|씨는)$"
)
#: Persons as Chinese courts and papers mask them: 林某, 王某某.
_MASKED = re.compile(r"[\u4e00-\u9fff]某[某甲乙丙]?(?![\u4e00-\u9fff]?(?:公司|企业))")
#: Persons as Korean papers mask them: 김모(41)씨, 박모 씨.
_MASKED_KOREAN = re.compile(r"(?<![가-힣])[가-힣]모 ?(?:\(\d+\) ?)?씨")
#: What somebody is, in front of his name, and what stands behind it.
_KIND = re.compile(
    r"(?:公司|平台|企业|應用|应用|(?:软件|电讯|电信|服务|供应|制造|经销|代理|开发|零售|保险|券)商|银行|交易所|厂商|机构|機構|集团|业者|業者|大手|会社|運営の|アプリの|サイトの|被告人|国籍的|网站|第三方"
    r"|無職の|会社員の|名?男子|女子|医院|某)(?=[^\s]{2})"
)
_TAIL = re.compile(r"(?:被告|容疑者|さん|氏)(?:\(\d+\)|（\d+）)?$|(?:\(\d+\)|（\d+）)$|ら$|社$|側$")
_NAME_ENDS = re.compile(r"(?:に対|に(?![^\s、。]{0,2}(?:株式|会))|を|は|が|の運営|の社|へ|、|。|」)")
_TOKEN = re.compile(r"[^\s,.،؛:«»\"'‘’“”…]+")
_STOP = re.compile(r"[,.،:]")
#: Longest name without spaces, in code points; so many chunks, words of Korean and of Arabic may be one.
_LONGEST, _CHUNKS, _KOREAN_WORDS, _ARABIC_WORDS = 26, 3, 3, 4


def chunks(text: str, tag: str) -> Iterator[Way]:
    """What stands between the words that part a sentence, alone and up to three together; masked persons; companies."""
    cuts = _cuts(text, tag)
    for number, (_, start) in enumerate(cuts[:-1]):
        for _, (end, _) in zip(range(_CHUNKS), cuts[number + 1 :], strict=False):
            if 1 < end - start <= _LONGEST:
                yield "chunk", start, end
        yield from _bare(text, start, cuts[number + 1][0])
    yield from (("masked", *m.span()) for m in _MASKED.finditer(text))
    for form in CJK_BEHIND.finditer(text):
        start = max((after for _, after in cuts if after <= form.start()), default=0)
        if start < form.start():
            yield "cjk form", start, form.end()
    for form in CJK_PREFIX.finditer(text):
        if stop := _NAME_ENDS.search(text, form.end() + 2):
            yield "cjk form", form.start(), stop.start()


def _cuts(text: str, tag: str) -> list[tuple[int, int]]:
    """Where the words stand that part a sentence, none of them within quotation marks."""
    quoted = [m.span("name") for m in QUOTED.finditer(text)]
    found = [m.span() for m in _partings(tag).finditer(text)]
    outside = [span for span in found if not any(s <= span[0] and span[1] <= e for s, e in quoted)]
    return [(0, 0), *outside, (len(text), len(text))]


@lru_cache(maxsize=4)
def _partings(tag: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(_PARTINGS[tag], key=len, reverse=True)))


def _bare(text: str, start: int, end: int) -> Iterator[Way]:
    """A chunk without what somebody is in front of the name, and without a title or an age behind it."""
    if not 1 < end - start <= _LONGEST:
        return
    yield from (("part", kind.end(), end) for kind in _KIND.finditer(text, start, end))
    yield from (("part", start, start + tail.start()) for tail in _TAIL.finditer(text[start:end]))


def words(text: str) -> Iterator[Way]:
    """One to three words of Korean, also without the particle of the last; one to four of Arabic."""
    yield from (("masked", *m.span()) for m in _MASKED_KOREAN.finditer(text))
    tokens = [m.span() for m in _TOKEN.finditer(text)]
    most = _KOREAN_WORDS if HANGUL.search(text) else _ARABIC_WORDS
    for number, (start, first_end) in enumerate(tokens):
        last = first_end
        for _, (begin, end) in zip(range(most), tokens[number:], strict=False):
            if begin > last and _STOP.search(text, last, begin):
                break
            last = end
            yield "word", start, end
            if (josa := _JOSA.search(text[start:end])) and josa.start() > 1:
                yield "word", start, start + josa.start()
        if text[start] == "ل":  # "for", which Arabic hangs on
            yield "word", start + 1, first_end
