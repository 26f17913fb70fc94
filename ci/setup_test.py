# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""ci/setup: what it refuses, and that it then has changed nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_SETUP = Path(__file__).resolve().parent / "setup"
# A machine where nothing is installed yet, and apt fails at one package.
_FAKES = {
    "dpkg-query": "exit 1",
    "apt-cache": "exit 0",
    "sudo": 'shift; exec "$@"',
    "apt-get": """case "$*" in
      *install*googletest*) echo "E: Unable to fetch some archives" >&2; exit 100 ;;
    esac""",
}


def setup(
    cache: Path,
    *arguments: str,
    script: Path = _SETUP,
    path: str = "/usr/bin:/bin",
    **assumed: str,
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "HOME": str(cache.parent), "UNPARK_CACHE": str(cache)}
    # No test asks a package index.
    environment["PIP_NO_INDEX"] = "1"
    environment |= {f"UNPARK_ASSUME_{name.upper()}": value for name, value in assumed.items()}
    return subprocess.run(
        [script, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("assumed", "message"),
    [
        ({"arch": "Linux aarch64"}, "this machine is Linux aarch64; Linux x86_64 is needed"),
        ({"kernel": "4.19.0-27-amd64"}, "this kernel is 4.19.0-27-amd64; 5.10 or later is needed"),
        ({"kernel": "5.9.16"}, "this kernel is 5.9.16; 5.10 or later is needed"),
        ({"gcc": "11"}, "this compiler is g++ 11; 12 or later is needed"),
        ({"cpu_flags": "fpu sse2 cx16"}, "this processor lacks SSE4.2, POPCNT or CMPXCHG16B"),
        ({"memory_kb": "2000000"}, "this machine has 1953 MB of memory; 4 GB are needed"),
        ({"disk_kb": "1048576"}, "1024 MB of disk are free under"),
    ],
)
def test_what_is_not_supported_is_refused_in_one_line(
    tmp_path: Path, assumed: dict[str, str], message: str
) -> None:
    cache = tmp_path / "cache"
    done = setup(cache, **assumed)
    assert done.returncode == 2
    assert done.stderr.startswith(f"setup: not supported: {message}"), done.stderr
    assert done.stderr.count("\n") == 1
    assert not cache.exists() or not list(cache.iterdir())


@pytest.mark.parametrize("kernel", ["5.10.0", "6.1.0-35-amd64", "10.0"])
def test_a_kernel_that_is_new_enough_is_not_refused(tmp_path: Path, kernel: str) -> None:
    # The disk is refused after the kernel.
    done = setup(tmp_path / "cache", kernel=kernel, disk_kb="0")
    assert "of disk are free" in done.stderr


def test_another_debian_is_only_warned_of(tmp_path: Path) -> None:
    done = setup(tmp_path / "cache", debian="debian 13", disk_kb="0")
    warning, refusal = done.stderr.splitlines()
    assert warning == "setup: warning: this is debian 13; only Debian 12 is tested"
    assert "of disk are free" in refusal


def test_the_debian_package_that_failed_is_named(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, body in _FAKES.items():
        (programs / name).write_text(f"#!/bin/bash\n{body}\n")
        (programs / name).chmod(0o755)
    done = setup(tmp_path / "cache", path=f"{programs}:/usr/bin:/bin")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        "setup: Debian package googletest could not be installed: E: Unable to fetch some archives"
    )


def test_the_python_package_that_failed_is_named(tmp_path: Path) -> None:
    scripts = tmp_path / "checkout/ci"
    scripts.mkdir(parents=True)
    for name in ("setup", "lib.sh"):
        shutil.copy(_SETUP.parent / name, scripts)
    (scripts / "requirements.lock").write_text(f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    done = setup(tmp_path / "cache", script=scripts / "setup")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        "setup: Python package no-such-package==1.0 could not be installed: "
    )
    # The half-made environment is not taken for a whole one.
    assert not list((tmp_path / "cache").glob("python-*/.complete"))


def test_an_unknown_argument_is_refused(tmp_path: Path) -> None:
    done = setup(tmp_path / "cache", "--force")
    assert done.returncode == 2
    assert done.stderr == "setup: unknown argument --force; it takes none but --help\n"


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
