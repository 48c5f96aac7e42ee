"""Learns how pipeline.cluster.wording lays the words of two reports side by side, from the pairs of train_pairs.py.

Needs `torch` beside the extra "train". Not a command of its own: `train_pairs.py` calls it, writes what it learns and
gives every pair the judgement of a model that has not seen its event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pair_examples import FOLDS, SET_WEIGHTS, Examples

from pipeline.cluster.wording import LIKENESS, MOST_WEIGHT, likeness, prepare, read_model, read_tokens
from pipeline.vectors.e5 import TokenEncoder, Tokens

#: Stands for a fold where none is held out.
ALL = -2
SEED = 7
#: Pieces of words in the encoder's vocabulary.
_VOCABULARY = 250_002
#: Width of the narrow factors of a projection: with more the pairs are learned by heart.
RANK = 32
ROUNDS, PAIRS_AT_ONCE = 3, 32
RATE, FINAL_RATE, DECAY = 2e-3, 2e-2, 1e-2
#: Log-odds are this many times the last layer's sum, so that its weights begin near 1.
_STEEP = 4.0

#: A report: number of its set and row in it.
Key = tuple[int, int]
Told = dict[Key, tuple[Tokens, int]]


def add_wording(sets: Sequence[Examples], encoder: TokenEncoder) -> tuple[list[Examples], dict[int, dict[str, Any]]]:
    """The sets with the column WORDING, and what was learned without each fold and (under ALL) from all."""
    told = _read(sets, encoder)
    learned = {fold: learn(sets, told, fold) for fold in (*range(FOLDS), ALL)}
    done = []
    for number, s in enumerate(sets):
        column = np.zeros(len(s.left), dtype=np.float32)
        for fold, arrays in learned.items():
            mine = s.events == fold if fold != ALL else ~np.isin(s.events, range(FOLDS))
            column[mine] = _judge(arrays, told, number, s.left[mine], s.right[mine])
        done.append(replace(s, features=np.hstack([s.features, column[:, None]])))
    return done, learned


def learn(sets: Sequence[Examples], told: Told, hold_out: int) -> dict[str, NDArray[Any]]:
    """Arrays of pipeline.cluster.wording.read_model, learned from the labelled pairs without one fold."""
    import torch

    # One thread: the order of sums, and with it every weight, is the same each time.
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    pairs, same, weight = _labelled(sets, hold_out)
    background = _background(told)
    net = _Side(background)
    steps = ROUNDS * -(-len(pairs) // PAIRS_AT_ONCE)
    optimiser = torch.optim.AdamW([
        {"params": net.projections, "lr": RATE, "weight_decay": DECAY},
        {"params": net.last, "lr": FINAL_RATE, "weight_decay": 0.0},
    ])  # fmt: skip
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.02, 1 - step / steps))
    draw = np.random.default_rng(SEED)
    for _ in range(ROUNDS):
        order = draw.permutation(len(pairs))
        for start in range(0, len(order), PAIRS_AT_ONCE):
            rows = order[start : start + PAIRS_AT_ONCE]
            odds = net([told[key] for row in rows for key in pairs[row]])
            loss: Any = torch.nn.functional.binary_cross_entropy_with_logits(odds, same[rows], weight[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.arrays() | background


def _read(sets: Sequence[Examples], encoder: TokenEncoder) -> Told:
    """Tokens and length of the title of every article in a pair, by number of the set and row."""
    told: Told = {}
    for number, s in enumerate(sets):
        rows = np.union1d(s.left, s.right).tolist()
        found = read_tokens(encoder, [s.scorer.told(row) for row in rows])
        told |= {(number, row): one for row, one in zip(rows, found, strict=True)}
    return told


def _labelled(sets: Sequence[Examples], hold_out: int) -> tuple[list[tuple[Key, Key]], Any, Any]:
    """Keys of both reports, whether they are one event, and what the pair counts, 1 on the average."""
    import torch

    share = Counter(s.name for s in sets)
    pairs, same, weight = [], [], []
    for number, s in enumerate(sets):
        if s.name == "unread":
            continue
        for row in np.flatnonzero(s.events != hold_out).tolist():
            pairs.append(((number, int(s.left[row])), (number, int(s.right[row]))))
            same.append(float(s.same[row]))
            weight.append(SET_WEIGHTS[s.name] / share[s.name] / len(s.left))
    weights = torch.tensor(weight)
    return pairs, torch.tensor(same), weights / weights.mean()


def _background(told: Told) -> dict[str, NDArray[Any]]:
    """Mean of the tokens, and how rare each is among the texts."""
    texts = [tokens for tokens, _ in told.values()]
    count = Counter(piece for tokens in texts for piece in set(tokens.ids.tolist()))
    seen = np.array(sorted(count), dtype=np.int32)
    rareness = np.log((len(texts) + 1) / (np.array([count[piece] for piece in seen.tolist()]) + 1))
    mean = sum(t.states.sum(axis=0, dtype=np.float64) for t in texts) / sum(len(t.ids) for t in texts)
    return {
        "vocabulary": np.int64(_VOCABULARY),
        "seen": seen,
        "rareness": rareness.astype(np.float16),
        "rarest": np.float32(np.log(len(texts) + 1)),
        "mean": mean.astype(np.float16),
    }


def _judge(arrays: dict[str, Any], told: Told, number: int, left: Any, right: Any) -> NDArray[np.float32]:
    """Log-odds as the pipeline reckons them."""
    model = read_model(arrays)
    rows = np.union1d(left, right).tolist()
    words = {row: prepare(*told[number, row], model) for row in rows if len(told[number, row][0].ids)}
    odds = [likeness(words[a], words[b]) @ model.coefficients + model.bias if a in words and b in words else 0.0
            for a, b in zip(left.tolist(), right.tolist(), strict=True)]  # fmt: skip
    return np.array(odds, dtype=np.float32).round(2)


class _Side:
    """`pipeline.cluster.wording` over a batch, in torch."""

    def __init__(self, background: dict[str, NDArray[Any]]) -> None:
        import torch

        self._mean = torch.from_numpy(background["mean"].astype(np.float32))
        self._rareness = torch.full((int(background["vocabulary"]),), float(background["rarest"]))
        self._rareness[torch.from_numpy(background["seen"].astype(np.int64))] = torch.from_numpy(
            background["rareness"].astype(np.float32)
        )
        width = len(self._mean)
        self._factors = {
            name: (0.02 * torch.randn(width, RANK), torch.zeros(RANK, width)) for name in ("words", "texts")
        }
        self._weight, self._weight_bias = torch.zeros(width), torch.zeros(1)
        self._coefficients, self._bias = torch.ones(len(LIKENESS)), torch.full((1,), -3.0)
        self.projections = [*self._factors["words"], *self._factors["texts"], self._weight, self._weight_bias]
        self.last = [self._coefficients, self._bias]
        for parameter in (*self.projections, *self.last):
            parameter.requires_grad_()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """For `read_model`, at half precision."""
        half = {"weight": self._weight}
        for name, (a, b) in self._factors.items():
            half |= {f"{name}_a": a, f"{name}_b": b}
        whole = {"weight_bias": self._weight_bias[0], "bias": _STEEP * self._bias[0]}
        whole["coefficients"] = _STEEP * self._coefficients
        return {name: value.detach().numpy().astype(np.float16) for name, value in half.items()} | {
            name: value.detach().numpy().astype(np.float32) for name, value in whole.items()
        }

    def __call__(self, told: Sequence[tuple[Tokens, int]]) -> Any:
        """Log-odds of each two neighbours in the list."""
        import torch
        from torch.nn.functional import normalize

        states, rareness, title = self._padded(told)
        is_token = rareness > 0
        weight = rareness * torch.exp((states @ self._weight + self._weight_bias).clamp(-MOST_WEIGHT, MOST_WEIGHT))
        a, b = self._factors["words"]
        places = normalize(states + states @ a @ b, dim=-1, eps=1e-6)
        a, b = self._factors["texts"]
        turned = states + states @ a @ b
        whole = normalize((turned * is_token[..., None]).sum(1), dim=-1)
        heading = normalize((turned * title[..., None]).sum(1), dim=-1)
        near = places[0::2] @ places[1::2].transpose(1, 2)
        ends = [(whole[0::2] * whole[1::2]).sum(1), (heading[0::2] * heading[1::2]).sum(1)]
        for asking, found in ((is_token, is_token), (title, is_token), (title, title)):
            ends += _ends(near, weight, asking, found)
        return _STEEP * (torch.stack(ends, 1) @ self._coefficients + self._bias)

    def _padded(self, told: Sequence[tuple[Tokens, int]]) -> tuple[Any, Any, Any]:
        """States, rareness (zero beside a text) and whether a token is the title's."""
        import torch

        longest = max(len(tokens.ids) for tokens, _ in told)
        states = torch.zeros(len(told), longest, len(self._mean))
        rareness, title = torch.zeros(len(told), longest), torch.zeros(len(told), longest, dtype=torch.bool)
        for row, (tokens, head) in enumerate(told):
            n = len(tokens.ids)
            states[row, :n] = torch.from_numpy(tokens.states) - self._mean
            rareness[row, :n] = self._rareness[torch.from_numpy(tokens.ids.astype(np.int64))].clamp_min(1e-6)
            title[row, : min(max(head, 1), n)] = True
        return states, rareness, title


def _ends(near: Any, weight: Any, asking: Any, found: Any) -> list[Any]:
    """The lesser and the greater of what either finds in the other; only `asking` ask, and only `found` are found."""
    import torch

    one = near.masked_fill(~found[1::2][:, None, :], -1).max(2).values
    other = near.masked_fill(~found[0::2][:, :, None], -1).max(1).values
    sides = []
    for nearest, own in ((one, slice(0, None, 2)), (other, slice(1, None, 2))):
        counts = weight[own] * asking[own]
        sides.append((nearest * counts).sum(1) / counts.sum(1).clamp_min(1e-6))
    return [torch.minimum(*sides), torch.maximum(*sides)]
