"""pybind_extension: a C++ extension module for Python."""

load("@rules_cc//cc:cc_binary.bzl", "cc_binary")
load("@rules_python//python:py_library.bzl", "py_library")

def pybind_extension(name, srcs, deps = [], copts = [], data = [], tags = [], **kwargs):
    """Builds NAME.so beside the package's Python files; py_* rules depend on :NAME.

    It is imported by the package's path: `from dashboard.stats import _core`. Sanitizer builds leave it and its tests
    out (tag "nosan"), since the interpreter is not instrumented.

    Args:
      name: the module's name, the one given to PYBIND11_MODULE.
      srcs: C++ sources.
      deps: C++ libraries.
      copts: further compiler flags.
      data: files for the Python library, for example the .pyi stub.
      tags: further tags.
      **kwargs: passed to both targets, for example visibility.
    """
    cc_binary(
        name = name + ".so",
        srcs = srcs,
        copts = ["-fvisibility=hidden"] + copts,
        linkshared = True,
        linkstatic = True,
        tags = tags + ["nosan"],
        deps = deps + ["@py_env//:pybind11"],
        **kwargs
    )
    py_library(
        name = name,
        data = [name + ".so"] + data,
        tags = tags + ["nosan"],
        **kwargs
    )
