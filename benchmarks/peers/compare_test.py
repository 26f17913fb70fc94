# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The arithmetic: ratios pair repetitions, intervals cover, means leave out what is no speed."""

import math
import sys
from collections.abc import Mapping

import pytest

from benchmarks.peers import compare


def result(
    system: str,
    repetition: int,
    ns: float,
    series: str = "mutex_8",
    figures: Mapping[str, float] | None = None,
) -> compare.Result:
    return compare.Result(series, system, 2, repetition, 10, ns, 2 * ns, "1", figures or {})


def table_of(values: Mapping[str, list[float]], series: str = "mutex_8") -> compare.Table:
    return compare.Table(
        result(system, repetition, ns, series)
        for system, column in values.items()
        for repetition, ns in enumerate(column)
    )


LINE = compare.Line("mutex_8", 2, "ns_per_op")


@pytest.mark.parametrize(
    ("n", "low", "high", "coverage"),
    [
        (1, 1, 1, 0.0),
        (5, 1, 5, 1 - 2 / 2**5),
        (6, 1, 6, 1 - 2 / 2**6),
        (9, 2, 8, 1 - 2 * (1 + 9) / 2**9),
        (12, 3, 10, 1 - 2 * (1 + 12 + 66) / 2**12),
    ],
)
def test_the_interval_is_the_sign_tests(n: int, low: int, high: int, coverage: float) -> None:
    got = compare.interval([float(v) for v in range(n, 0, -1)])
    assert (got.low, got.high) == (low, high)
    assert got.coverage == pytest.approx(coverage)
    assert got.median == (n + 1) / 2


def test_a_ratio_pairs_the_repetitions() -> None:
    # The machine is ten times slower in the second repetition: for both.
    table = table_of({"unpark": [10, 100, 20], "go": [30, 300, 60]})
    ratio = table.ratio(LINE, "go")
    assert ratio is not None
    assert (ratio.median, ratio.low, ratio.high) == (3, 3, 3)


def test_a_repetition_without_a_partner_is_left_out() -> None:
    table = compare.Table([result("unpark", 0, 10), result("unpark", 1, 10), result("go", 1, 20)])
    ratio = table.ratio(LINE, "go")
    assert ratio is not None
    assert ratio.median == 2


def test_the_best_peer_is_the_fastest_other_system() -> None:
    table = table_of({"unpark": [1], "go": [9], "tbb": [5], "threads": [70]})
    assert table.best_peer(LINE) == "tbb"
    assert table_of({"unpark": [1]}).best_peer(LINE) is None


def test_the_geometric_mean_balances_twice_and_half() -> None:
    assert compare.geometric_mean([2, 0.5]) == pytest.approx(1)
    assert math.isnan(compare.geometric_mean([]))


def test_means_hold_speeds_of_runtimes_only() -> None:
    figures = [{"bytes_each": 4000.0, "cold_ns": 100.0}, {"bytes_each": 2000.0, "cold_ns": 400.0}]
    table = compare.Table(
        [
            result("unpark", 0, 1, "parked_1e6", figures[0]),
            result("go", 0, 1, "parked_1e6", figures[1]),
            result("unpark", 0, 10, "atomic_add_8"),
            result("go", 0, 1000, "atomic_add_8"),
        ]
    )
    assert table.mean_ratio("go") == (pytest.approx(4), 1)
    assert table.mean_ratio(None) == (pytest.approx(4), 1)


def test_figures_take_the_place_of_the_time() -> None:
    table = compare.Table([result("unpark", 0, 5, figures={"p50_ns": 1500.0, "p99_ns": 9000.0})])
    assert [line.figure for line in table.lines] == ["p50_ns", "p99_ns"]
    assert table.lines[0].unit == ("us", 1000)
    assert "mutex_8 p50" in "\n".join(compare.ratio_table(table))


def test_the_summary_names_the_rows_behind() -> None:
    text = "\n".join(compare.summary(table_of({"unpark": [10] * 6, "go": [5] * 6})))
    assert "geometric mean of Go / unpark over 1 rows: 0.50" in text
    assert "behind Go on 1: mutex_8 2w" in text
    assert "cover" not in text


def test_few_repetitions_say_what_their_interval_covers() -> None:
    text = "\n".join(compare.summary(table_of({"unpark": [10] * 5, "go": [50] * 5})))
    assert "the intervals cover 94%" in text
    assert "behind" not in text


def test_tables_show_a_system_without_the_row_as_a_dash() -> None:
    table = compare.Table([result("unpark", 0, 10), result("go", 0, 20, "spawn_one")])
    lines = compare.value_table(table)
    assert lines[1].split() == ["mutex_8", "2", "ns", "10", "-"]
    assert lines[2].split() == ["spawn_one", "2", "ns", "-", "20"]


def test_benchmark_rows_name_system_series_and_procs() -> None:
    figures = {"p99_ns": 3.0, "bytes_each": 7.0}
    rows = compare.benchmark_rows([result("go", 1, 5, figures=figures)])
    assert rows[0]["name"] == "primitives/go/mutex_8/procs:2"
    assert (rows[0]["round"], rows[0]["ns_per_op"]) == (1, 5)
    assert (rows[0]["p99_ns"], rows[0]["fig.bytes_each"]) == (3, 7)


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
