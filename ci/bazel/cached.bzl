"""Repositories made from the folder that ci/setup fills: the Python environment and Google Benchmark's source."""

def _cached_folder(ctx, name):
    """The path of NAME in ci/setup's folder, which ci/lib.sh names in the same way."""
    cache = ctx.os.environ.get("UNPARK_CACHE") or ctx.os.environ["HOME"] + "/.cache/unpark"
    folder = ctx.path(cache + "/" + name)
    if not ctx.path(cache + "/" + name + "/.complete").exists:
        fail("%s is missing: run ci/setup first" % folder)
    return folder

def _run(ctx, command):
    result = ctx.execute(command)
    if result.return_code:
        fail("%s: %s" % (" ".join(command), result.stderr))
    return result.stdout.strip()

_PY_ENV_BUILD = """\
load("@rules_cc//cc:cc_library.bzl", "cc_library")
load("@rules_python//python:py_runtime.bzl", "py_runtime")
load("@rules_python//python:py_runtime_pair.bzl", "py_runtime_pair")

package(default_visibility = ["//visibility:public"])

cc_library(
    name = "pybind11",
    hdrs = glob(["include/**/*.h"]),
    includes = ["include/pybind11_root", "include/python"],
)

py_runtime(
    name = "python3",
    interpreter_path = "{python}",
    python_version = "PY3",
    stub_shebang = "#!/usr/bin/python3 -I",
)

py_runtime_pair(
    name = "runtimes",
    py2_runtime = None,
    py3_runtime = ":python3",
)

toolchain(
    name = "toolchain",
    toolchain = ":runtimes",
    toolchain_type = "@bazel_tools//tools/python:toolchain_type",
)
"""

def _py_env_impl(ctx):
    key = _run(ctx, ["sha256sum", str(ctx.path(ctx.attr.lock))])[:16]
    python = str(_cached_folder(ctx, "python-" + key)) + "/bin/python3"
    headers = "import sysconfig, pybind11; print(sysconfig.get_paths()['include']); print(pybind11.get_include())"
    python_include, pybind11_include = _run(ctx, [python, "-I", "-c", headers]).split("\n")
    ctx.symlink(python_include, "include/python")
    ctx.symlink(pybind11_include, "include/pybind11_root")
    ctx.file("WORKSPACE", "")
    ctx.file("BUILD", _PY_ENV_BUILD.format(python = python))

py_env = repository_rule(
    doc = "The locked virtual environment as Bazel's Python toolchain, and pybind11's headers from it.",
    implementation = _py_env_impl,
    attrs = {"lock": attr.label(mandatory = True, allow_single_file = True)},
    environ = ["HOME", "UNPARK_CACHE"],
)

def _cached_source_impl(ctx):
    folder = _cached_folder(ctx, ctx.attr.folder)
    for entry in folder.readdir():
        ctx.symlink(entry, entry.basename)
    ctx.file("WORKSPACE", "")
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

cached_source = repository_rule(
    doc = "An unpacked source tree with a BUILD file of ours.",
    implementation = _cached_source_impl,
    attrs = {
        "folder": attr.string(mandatory = True),
        "build_file": attr.label(mandatory = True, allow_single_file = True),
    },
    environ = ["HOME", "UNPARK_CACHE"],
)
