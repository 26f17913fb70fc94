"""@remote_coverage_tools, which even a plain `bazel test` wants: our merger instead of a Java archive."""

_BUILD = """\
load("@rules_shell//shell:sh_binary.bzl", "sh_binary")

package(default_visibility = ["//visibility:public"])

sh_binary(
    name = "lcov_merger",
    srcs = ["lcov_merger.sh"],
)

sh_binary(
    name = "coverage_report_generator",
    srcs = ["lcov_merger.sh"],
)
"""

def _coverage_tools_impl(ctx):
    ctx.file("WORKSPACE", "")
    ctx.symlink(ctx.attr.merger, "lcov_merger.sh")
    ctx.file("BUILD", _BUILD)

coverage_tools = repository_rule(
    implementation = _coverage_tools_impl,
    attrs = {"merger": attr.label(mandatory = True, allow_single_file = True)},
)
