"""Makes @rules_cc, @rules_python and the like as thin faces of Bazel 4's native rules.

BUILD files then load each rule by the path that a newer Bazel wants, for example
`load("@rules_cc//cc:cc_library.bzl", "cc_library")`, and nothing is downloaded: Bazel registers its own
archives with maybe(), so a repository that the workspace defines first under the same name wins.
"""

_RULES = {
    "rules_cc": ("cc", [
        "cc_binary",
        "cc_import",
        "cc_library",
        "cc_proto_library",
        "cc_test",
        "cc_toolchain",
        "cc_toolchain_suite",
        "fdo_prefetch_hints",
        "fdo_profile",
        "objc_import",
        "objc_library",
    ]),
    "rules_java": ("java", [
        "java_binary",
        "java_import",
        "java_library",
        "java_proto_library",
        "java_runtime",
        "java_test",
        "java_toolchain",
    ]),
    "rules_proto": ("proto", ["proto_lang_toolchain", "proto_library"]),
    "rules_python": ("python", ["py_binary", "py_library", "py_runtime", "py_test"]),
    "rules_shell": ("shell", ["sh_binary", "sh_library", "sh_test"]),
}

_PY_RUNTIME_PAIR = """\
load("@bazel_tools//tools/python:toolchain.bzl", _py_runtime_pair = "py_runtime_pair")

py_runtime_pair = _py_runtime_pair

"""

def _native_rules_impl(ctx):
    folder, rules = _RULES[ctx.name]
    ctx.file("WORKSPACE", 'workspace(name = "%s")\n' % ctx.name)
    ctx.file("BUILD", "")
    ctx.file(folder + "/BUILD", "")
    faces = ["def {0}(**kwargs):\n    native.{0}(**kwargs)\n".format(rule) for rule in rules]
    exported = list(rules)
    defs = "\n".join(faces)
    if ctx.name == "rules_python":
        defs = _PY_RUNTIME_PAIR + defs
        exported.append("py_runtime_pair")
    ctx.file(folder + "/defs.bzl", defs)
    for name in exported:
        ctx.file("%s/%s.bzl" % (folder, name), 'load(":defs.bzl", _rule = "{0}")\n\n{0} = _rule\n'.format(name))

_native_rules = repository_rule(implementation = _native_rules_impl)

def native_rules():
    """Defines every repository of the table above."""
    for name in _RULES:
        _native_rules(name = name)
