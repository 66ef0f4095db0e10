"""Builds the accelerator with the package, where there is a compiler: it is an option."""

from glob import glob

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "marcd._accelerator",
            sorted(glob("accelerator/*.c")),
            depends=sorted(glob("accelerator/*.h")),
            # -O3 has the loops over text unrolled; nothing but the module's entry is exported.
            extra_compile_args=["-std=c11", "-O3", "-Wall", "-Wextra", "-fvisibility=hidden"],
            optional=True,
        )
    ]
)
