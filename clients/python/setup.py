"""Builds the accelerator with the package, where there is a compiler: it is an option.

MARCD_WHEEL=every makes a wheel for every Python, without the accelerator; MARCD_WHEEL=this one
for the Python that builds it, which fails without a compiler (deploy/build-wheel).
"""

import os
from glob import glob

from setuptools import Distribution, Extension, setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # setuptools before 70.1
    from wheel.bdist_wheel import bdist_wheel

KIND = os.environ.get("MARCD_WHEEL", "")


class WithProgram(Distribution):
    """The package with a daemon in it: for one platform, even without an extension."""

    def has_ext_modules(self):
        return bool(KIND) or super().has_ext_modules()


class BdistWheel(bdist_wheel):
    """A wheel that says for which Pythons it is."""

    def get_tag(self):
        python, abi, platform = super().get_tag()
        return ("py3", "none", platform) if KIND == "every" else (python, abi, platform)


ACCELERATOR = Extension(
    "marcd._accelerator",
    sorted(glob("accelerator/*.c")),
    depends=sorted(glob("accelerator/*.h")),
    # -O3 has the loops over text unrolled; nothing but the module's entry is exported; Python's
    # functions are called without a detour.
    extra_compile_args=["-std=c11", "-O3", "-Wall", "-Wextra", "-fvisibility=hidden", "-fno-plt"],
    optional=KIND != "this",
)

setup(
    cmdclass={"bdist_wheel": BdistWheel},
    distclass=WithProgram,
    ext_modules=[] if KIND == "every" else [ACCELERATOR],
)
