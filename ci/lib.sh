# shellcheck shell=bash
# lib.sh: what the commands in ci/ share; they source it after `set -euo pipefail`.

# Everything that a checkout does not hold: Python environment, Google Benchmark's source, Bazel's cache, logs.
# ci/bazel/cached.bzl names it in the same way. It is the same for all checkouts of a user.
unpark_cache="${UNPARK_CACHE:-$HOME/.cache/unpark}"
unpark_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# The command's name in its messages.
unpark_command="${0##*/}"

say() { printf '%s: %s\n' "$unpark_command" "$*" >&2; }

# die STATUS MESSAGE: one line, then exit.
die() {
  say "$2"
  exit "$1"
}

# The folder of the Python environment that belongs to the lock, made by ci/setup.
python_environment() {
  local key
  key="$(sha256sum "$unpark_root/ci/requirements.lock")"
  printf '%s/python-%s\n' "$unpark_cache" "${key:0:16}"
}

# usage: prints the command's own opening comment.
usage() { sed -n '2,/^$/{/^#/!q;s/^# \{0,1\}//p}' "$0"; }

# project_files PATTERN...: files of the work tree, new ones too, but none that git ignores or that is deleted.
project_files() {
  git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" |
    while IFS= read -r -d '' file; do [[ ! -e "$file" ]] || printf '%s\0' "$file"; done
}
