"""How a run is cut into blocks: everything once, in order, in blocks that are worth their while."""

from hypothesis import given
from hypothesis import strategies as st

from buildsim.results.store import Span, gaps
from buildsim.run.blocks import FIRST, LARGEST, LONGEST, SHORTEST, Cutter


def cut(cutter: Cutter, seconds: float) -> list[Span]:
    """All blocks, when a replication takes so many seconds."""
    found = []
    while (span := cutter.next()) is not None:
        found.append(span)
        cutter.measured(span.count, span.count * seconds)
    return found


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 50)), max_size=4),
    st.integers(1, 8),
    st.floats(1e-6, 60.0),
    st.integers(1, 500),
)
def test_all_that_is_missing_is_handed_out_once(
    done: list[tuple[int, int]], workers: int, seconds: float, replications: int
) -> None:
    held, reached = [], 0
    for gap, count in done:
        held.append(Span(reached + gap, count))
        reached = held[-1].end
    missing = gaps(held, replications)
    found = cut(Cutter(missing, workers), seconds)
    wanted = [number for span in missing for number in range(span.first, span.end)]
    assert [number for span in found for number in range(span.first, span.end)] == wanted


@given(st.integers(1, 8), st.floats(1e-4, 2.0))
def test_blocks_are_worth_their_while(workers: int, seconds: float) -> None:
    found = cut(Cutter([Span(0, 20_000)], workers), seconds)
    assert found[0] == Span(0, FIRST)
    left = 20_000 - found[0].count
    for span in found[1:]:
        took = span.count * seconds
        fair = -(-left // workers)
        assert span.count <= LARGEST
        assert took < LONGEST + seconds
        assert took >= SHORTEST or span.count in (LARGEST, fair)
        left -= span.count


def test_the_last_replications_are_shared_among_the_workers() -> None:
    cutter = Cutter([Span(0, 12)], 4)
    cutter.measured(1, 0.001)
    assert [cutter.next() for _ in range(5)] == [Span(0, 3), Span(3, 3), Span(6, 2), Span(8, 1), Span(9, 1)]


def test_a_slow_start_does_not_make_small_blocks() -> None:
    cutter = Cutter([Span(0, 10_000)], 1)
    cutter.measured(4, 40.0)
    cutter.measured(1, 0.01)
    cutter.measured(1, 0.5)
    assert cutter.next() == Span(0, 400)


def test_a_fixed_size_is_kept_whatever_the_speed() -> None:
    assert cut(Cutter([Span(0, 10), Span(20, 3)], 2, 4), 3.0) == [
        Span(0, 4),
        Span(4, 4),
        Span(8, 2),
        Span(20, 3),
    ]
