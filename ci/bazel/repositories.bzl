"""Every external repository, made without a download from what ci/setup put on the machine."""

load("//ci/bazel:cached.bzl", "cached_source", "py_env")
load("//ci/bazel:coverage.bzl", "coverage_tools")
load("//ci/bazel:native_rules.bzl", "native_rules")

def unpark_repositories():
    """Defines them all; called once, by WORKSPACE."""
    native_rules()
    coverage_tools(
        name = "remote_coverage_tools",
        merger = "@unpark//ci/bazel:lcov_merger.py",
    )
    native.new_local_repository(
        name = "com_google_googletest",
        path = "/usr/src/googletest",  # Debian's package "googletest"
        build_file = "@unpark//ci/bazel:googletest.BUILD",
    )
    cached_source(
        name = "com_github_google_benchmark",
        folder = "benchmark-1.7.1",
        build_file = "@unpark//ci/bazel:benchmark.BUILD",
    )
    py_env(
        name = "py_env",
        lock = "@unpark//ci:requirements.lock",
    )
