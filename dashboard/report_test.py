# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Report: whole in one file, complete, and replaced in one step."""

import html.parser
import re
import sys
from pathlib import Path

import pytest

from dashboard import testing
from dashboard.report import write_report
from dashboard.run import parse_run
from dashboard.store import History, StoreError
from dashboard.verdict import Rules

VOID = {"meta", "link", "br", "img", "hr", "input"}
OPTIONAL = {"th", "td", "tr", "li", "p", "thead", "tbody"}


class Page(html.parser.HTMLParser):
    """Collects ids, links and text, and refuses elements that are closed in the wrong order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.words: list[str] = []
        self.stack: list[str] = []
        self.unlabelled = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.targets += [v for k, v in attrs if k in ("href", "src", "xlink:href") and v]
        if tag == "svg" and not values.get("aria-label"):
            self.unlabelled += 1
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.stack[-1] != tag:
            assert self.stack[-1] in OPTIONAL, f"</{tag}> closes <{self.stack[-1]}>"
            self.stack.pop()
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    history = History(tmp_path_factory.mktemp("home") / "history.sqlite")
    machine = testing.Machine(11)
    effects = {"channel_counter/after": 1.4}
    files = [machine.run(rounds=3) for _ in range(6)]
    files += [machine.run(rounds=3, policy="nosteal", effects=effects) for _ in range(6)]
    history.add([parse_run(data, f"run{i}.json") for i, data in enumerate(files)])
    return history


@pytest.fixture(scope="module")
def written(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(history, tmp_path_factory.mktemp("out") / "report", Rules())


def test_cost_of_one_percent_does_not_count_what_slows_whole_runs(tmp_path: Path) -> None:
    costs = []
    for run_noise in (0.0, 0.3):
        history = History(tmp_path / f"{run_noise}.sqlite")
        machine = testing.Machine(3, run_noise=run_noise)
        history.add([parse_run(machine.run(rounds=3), f"run{i}.json") for i in range(8)])
        page = Page(write_report(history, tmp_path / f"{run_noise}", Rules()).read_text())
        found = re.findall(r" ([\d,]+) x \d+ ", page.text)
        assert len(found) >= 40
        costs.append(sorted(int(runs.replace(",", "")) for runs in found)[len(found) // 2])
    assert costs[1] < 1.5 * costs[0]


def test_verdict_comes_first(written: Path) -> None:
    page = Page(written.read_text())
    assert "2 of 43" not in page.text
    first = page.text.index("1 of 43 benchmarks regressed", 60)
    assert first < page.text.index("What changed, and by how much")
    assert "aaaaaaaaaa policy=nosteal (6 runs) against aaaaaaaaaa (6 runs)" in page.text


def test_sections_are_in_order_and_complete(written: Path) -> None:
    page = Page(written.read_text())
    wanted = ["changes", "pairs", "exercises", "series", "machine", "method"]
    assert [ident for ident in page.ids if ident in wanted] == wanted
    assert {f"pair-{name}" for name in testing.SHAPES} <= set(page.ids)
    assert "channel_counter/after/producers:8/procs:2" in page.text
    assert "x44" in page.text
    assert "Example CPU @ 2.5 GHz" in page.text
    assert "secret-host" not in page.text


def test_page_needs_nothing_else(written: Path) -> None:
    text = written.read_text()
    page = Page(text)
    assert {path.name for path in written.parent.iterdir()} == {"index.html"}
    outside = [t for t in page.targets if not t.startswith("#")]
    assert outside == []
    assert set(re.findall(r"https?://[^\"' >]+", text)) == {"http://www.w3.org/1999/xlink"}


def test_ids_are_unique_and_links_arrive(written: Path) -> None:
    page = Page(written.read_text())
    assert len(page.ids) == len(set(page.ids))
    assert {target[1:] for target in page.targets} <= set(page.ids)


def test_pictures_follow_the_page_and_have_descriptions(written: Path) -> None:
    text = written.read_text()
    page = Page(text)
    assert page.unlabelled == 0
    assert text.count("<svg") > 2 * len(testing.SHAPES)
    assert not re.search("#(010203|040506|070809|0a0b0c)", text)
    assert "prefers-color-scheme: dark" in text


def test_report_is_replaced_in_one_step(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = write_report(history, tmp_path, Rules())
    before = index.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report(history, tmp_path, Rules())
    assert index.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"index.html"}


def test_first_run_has_a_report(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    history.add([parse_run(testing.Machine(1).run(rounds=1), "run.json")])
    page = Page(write_report(history, tmp_path / "report", Rules()).read_text())
    assert "First look: nothing to compare with yet" in page.text
    assert "A series begins with the second run." in page.text


def test_other_machines_have_pages_of_their_own(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    machine = testing.Machine(1)
    for size in ("core", "full"):
        data = machine.run(rounds=1)
        data["context"]["size"] = size
        history.add([parse_run(data, "run.json")])
    index = write_report(history, tmp_path / "report", Rules())
    assert 'href="m0123456789ab-core.html"' in index.read_text()
    assert 'href="index.html"' in (index.parent / "m0123456789ab-core.html").read_text()


def test_names_from_a_file_cannot_become_markup(tmp_path: Path) -> None:
    data = testing.Machine(1).run(rounds=1, policy="<script>alert(1)</script>")
    for row in data["benchmarks"][:5]:
        row["name"] = row["run_name"] = '<img src=x onerror="a">&' + row["name"]
    history = History(tmp_path / "history.sqlite")
    history.add([parse_run(data, "run.json")])
    history.add([parse_run(testing.Machine(2).run(rounds=1), "run.json")])
    text = write_report(history, tmp_path / "report", Rules()).read_text()
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_foreign_file_has_series_without_pairs(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite")
    row = {"name": "BM_Sort/64", "iterations": 10, "cpu_time": 1.0, "time_unit": "ns"}
    for i in range(8):
        date = f"2026-03-01T00:0{i}:00+00:00"
        rows = [row | {"real_time": 100.0 + i + at} for at in range(3)]
        data = {"context": {"date": date, "num_cpus": 2}, "benchmarks": rows}
        history.add([parse_run(data, f"f{i}.json", commit="v1" if i < 4 else "v2")])
    page = Page(write_report(history, tmp_path / "report", Rules()).read_text())
    assert "Other benchmarks" in page.text
    assert "BM_Sort/64" in page.text
    assert "v2 (4 runs) against v1 (4 runs)" in page.text


def test_empty_history_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no history here yet"):
        write_report(History(tmp_path / "history.sqlite"), tmp_path / "report", Rules())


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider"]))
