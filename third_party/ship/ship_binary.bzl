"""A program for machines with an older glibc than the one it is compiled on."""

# The oldest glibc that it runs on.
_TARGET = "x86_64-linux-gnu.2.26"

# g++'s own library, so that the machine's, which may be older, is not asked for.
_LIBSTDCXX = "/usr/lib/gcc/x86_64-linux-gnu/12/libstdc++.a"

def _ship_binary_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    files = []
    options = []
    for library in (ctx.attr.library, ctx.attr._older_glibc):
        for part in library[CcInfo].linking_context.linker_inputs.to_list():
            # Debian's g++ makes position-independent code without being asked: PIE, which is
            # faster than what Bazel asks for in a pic_static_library.
            files += [file.static_library or file.pic_static_library for file in part.libraries]
            options += part.user_link_flags
    if "zig" not in ctx.var:
        fail("name a Python that has ziglang, as deploy/build-wheel does: --define=zig=PYTHON")

    # zig knows the symbols of every glibc since 2.17, and has an unwinder. -nostdlib++: not its
    # libc++, all is compiled against g++'s library.
    ctx.actions.run(
        executable = ctx.var["zig"],
        arguments = ["-m", "ziglang", "c++", "-target", _TARGET, "-nostdlib++", "-lunwind"] +
                    ["-pie", "-s", "-Wl,--gc-sections", "-Wl,-z,relro,-z,now"] +
                    ["-o", program.path] + [file.path for file in files] + options +
                    [_LIBSTDCXX, "-lpthread", "-ldl", "-lrt", "-lm"],
        inputs = files + ctx.files._zig_version,
        outputs = [program],
        env = {"ZIG_GLOBAL_CACHE_DIR": "zig-cache", "ZIG_LOCAL_CACHE_DIR": "zig-cache"},
        mnemonic = "ZigLink",
        progress_message = "Linking %s by zig" % program.short_path,
    )
    return DefaultInfo(executable = program)

ship_binary = rule(
    implementation = _ship_binary_impl,
    doc = "Links the library, which has a main(), for --config=ship. It wants glibc alone.",
    attrs = {
        "library": attr.label(providers = [CcInfo], mandatory = True),
        "_older_glibc": attr.label(default = "//third_party/ship:older_glibc"),
        # zig is no file of the build's: another version must link anew.
        "_zig_version": attr.label(default = "//:requirements/wheel.txt", allow_single_file = True),
    },
    executable = True,
)
