"""explore_test: a C++ test whose runtime, and all that it links, has explore points.

    load("//runtime/testing:explore.bzl", "explore_test")

    explore_test(
        name = "queue_explore_test",
        srcs = ["queue_explore_test.cc"],
        deps = [":queue", "//runtime", "//runtime/testing", "@com_google_googletest//:gtest_main"],
    )

Everything below the test is compiled again, from the same sources, with UNPARK_EXPLORE defined; the targets that other
tests and benchmarks link stay as they are.
"""

load("@rules_cc//cc:cc_binary.bzl", "cc_binary")

# The switch itself. `--//runtime/testing:explore` on the command line turns a whole build into an explored one.
def _explore_flag(_ctx):
    return []

explore_flag = rule(
    implementation = _explore_flag,
    build_setting = config.bool(flag = True),
)

def _turn_on(_settings, _attr):
    return {"//runtime/testing:explore": True}

_explored = transition(
    implementation = _turn_on,
    inputs = [],
    outputs = ["//runtime/testing:explore"],
)

def _explored_test(ctx):
    binary = ctx.attr.binary[0][DefaultInfo]
    test = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = test, target_file = binary.files_to_run.executable, is_executable = True)
    return [DefaultInfo(executable = test, runfiles = binary.default_runfiles)]

_explored_binary_test = rule(
    implementation = _explored_test,
    test = True,
    attrs = {
        "binary": attr.label(cfg = _explored, executable = True, mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)

def explore_test(name, size = "medium", **kwargs):
    """A cc_test of these attributes, built with explore points."""
    cc_binary(
        name = name + "_binary",
        testonly = True,
        tags = ["manual"],
        visibility = ["//visibility:private"],
        **kwargs
    )
    _explored_binary_test(
        name = name,
        size = size,
        binary = ":" + name + "_binary",
    )
