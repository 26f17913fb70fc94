# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""check_tree: each kind of fault is found, and honest text is not."""

import sys

import pytest

from ci import check_tree


def test_only_the_agreed_top_level() -> None:
    files = ["README.md", ".ci/run", "runtime/go.h", "tools/x.py", "notes.txt"]
    assert list(check_tree.top_level_faults(files)) == [
        "notes.txt: has no place in the top level",
        "tools: has no place in the top level",
    ]


@pytest.mark.parametrize("folder", ["root", "work"])
def test_paths_of_one_machine(folder: str) -> None:
    (fault,) = check_tree.text_faults("a.py", f'x = 1\npath = "/{folder}/me/x"\n', frozenset())
    assert fault == f"a.py:2: names a path of one machine: /{folder}/me"


def test_other_paths_are_fine() -> None:
    text = "~/work/x $HOME/work/x a/root/b /usr/share /home/me/x /roots/x //runtime/work/pool.h"
    assert not list(check_tree.text_faults("a.md", text, frozenset()))


def test_package_hosts() -> None:
    hosts = frozenset({"packages.example.invalid"})
    (fault,) = check_tree.text_faults("a.sh", "fetch packages.example.invalid/x", hosts)
    assert fault == "a.sh:1: names a package host of this machine: packages.example.invalid"


def test_rules_are_loaded_the_modern_way() -> None:
    loaded = (
        'load("@rules_cc//cc:cc_library.bzl", "cc_library")\n\ncc_library(\n    name = "x",\n)\n'
    )
    assert not list(check_tree.load_faults("a/BUILD", loaded))
    (fault,) = check_tree.load_faults("a/BUILD", loaded + '\npy_test(\n    name = "y",\n)\n')
    assert fault == (
        'a/BUILD:7: py_test is used without load("@rules_python//python:py_test.bzl", ...)'
    )


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
