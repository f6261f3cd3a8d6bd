"""Keyed uniform random numbers: each is a pure function of (seed, replication, name, occurrence).

The generator is Philox 4x64-10 (Salmon et al. 2011, SC11), which turns a counter into four words under a key. The key
is a hash of seed and name; the counter holds the replication (four to a step) and the occurrence. So no draw depends on
call order, on how replications are split into blocks, or on what else is drawn. The numbers lie in the open interval
(0, 1), on the grid (k + 1/2) 2^-52.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.random import Philox

from buildsim.spec.distributions import Array

_LANES = 4
_WORD = (1 << 64) - 1
_ROUNDS = 10
_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_RECENT = 2048
"""How many counters are remembered under their keys: more than four replications ask for."""
_KEY_STEPS = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)


def stream_key(seed: int, name: str) -> int:
    """The 128-bit key of a named stream.

    Raises:
        ValueError: for a negative seed.
    """
    if seed < 0:
        raise ValueError(f"the seed must not be negative, but it is {seed}")
    return int.from_bytes(hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=16).digest(), "little")


def uniforms(seed: int, name: str, first: int, count: int, occurrence: int = 0) -> Array:
    """The draws [-] of one name for the replications `first` to `first + count - 1`, in order.

    Raises:
        ValueError: for a negative argument.
    """
    row: Array = uniform_rows([stream_key(seed, name)], first, count, occurrence)[0]
    return row


def uniform_rows(keys: Sequence[int], first: int, count: int, occurrence: int = 0) -> Array:
    """The draws [-] of many streams: a row for each key, a column for each replication from `first` on.

    Raises:
        ValueError: for a negative argument.
    """
    if min(first, count, occurrence) < 0:
        raise ValueError(f"first, count and occurrence must not be negative: {first}, {count}, {occurrence}")
    step, lane = divmod(first, _LANES)
    raw = np.empty((len(keys), count), dtype=np.uint64)
    generator = Philox(key=0, counter=[step, occurrence, 0, 0])
    state = generator.state
    for row, key in enumerate(keys):
        state["state"]["key"][:] = (key & _WORD, key >> 64)
        generator.state = state
        raw[row] = generator.random_raw(lane + count)[lane:]
    values: Array = ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return values


def uniform(seed: int, replication: int, name: str, occurrence: int = 0) -> float:
    """One draw [-], bit for bit the one that `uniforms` holds for this replication.

    Raises:
        ValueError: for a negative argument.
    """
    if min(replication, occurrence) < 0:
        raise ValueError(f"replication and occurrence must not be negative: {replication}, {occurrence}")
    step, lane = divmod(replication, _LANES)
    word = _philox(stream_key(seed, name), step + 1, occurrence)[lane]
    return ((word >> 12) + 0.5) * 2.0**-52


def series(seed: int, replication: int, name: str, count: int) -> Array:
    """A run of `count` draws [-] of one name within one replication, such as one for each day of weather.

    Draw k depends on (seed, replication, name, k) only, so a longer run begins with the shorter one. It is a stream of
    its own: its draws are not those of `uniform` by occurrence.

    Raises:
        ValueError: for a negative argument.
    """
    if replication < 0:
        raise ValueError(f"replication must not be negative: {replication}")
    return uniforms(seed, f"{name}\0{replication}", 0, count)


@lru_cache(_RECENT)
def _philox(key: int, *counter: int) -> tuple[int, int, int, int]:
    """The four words of Philox 4x64-10 for a counter, low word first; in plain integers it beats setting up numpy's.

    Remembered, because the words are the draws of four replications on end.
    """
    low, high = key & _WORD, key >> 64
    c0, c1, c2, c3 = (*counter, 0, 0, 0, 0)[:4]
    for _ in range(_ROUNDS):
        first, second = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (second >> 64) ^ c1 ^ low, second & _WORD, (first >> 64) ^ c3 ^ high, first & _WORD
        low, high = (low + _KEY_STEPS[0]) & _WORD, (high + _KEY_STEPS[1]) & _WORD
    return c0, c1, c2, c3
