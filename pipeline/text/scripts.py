"""Letters of scripts that leave no space between words, in one place for all that look for them.

Other sets stand where they are used, since they differ on purpose: `cluster/tokens.py` takes radicals, rarer ideographs
and half-width kana too (whatever is written without spaces comes in pairs), `names/capitals.py` every script without
capitals, `facts` ideographs alone where a word of Chinese is meant, `extract/titles.py` no rare ideographs.
"""

from __future__ import annotations

import re

#: Hiragana and katakana; ideographs with the first extension; Korean syllables. Inner parts of a character class.
KANA, IDEOGRAPHS, HANGUL = "\u3040-\u30ff", "\u3400-\u9fff", "\uac00-\ud7af"
#: Chinese and Japanese, which leave no space between words, as Korean does.
UNSPACED = KANA + IDEOGRAPHS
#: Chinese, Japanese and Korean.
EAST_ASIAN = UNSPACED + HANGUL

UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
EAST_ASIAN_LETTER = re.compile(f"[{EAST_ASIAN}]")
