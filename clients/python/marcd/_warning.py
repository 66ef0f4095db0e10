"""A warning that names the line of the program's, and not one of the package's."""

from __future__ import annotations

import os
import sys
import warnings

from .exceptions import DataLossWarning

_PACKAGE = os.path.dirname(__file__) + os.sep


def warn_of_loss(problem: str) -> None:
    """Give a DataLossWarning; how deep its caller is in the package does not matter."""
    level = 1
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(problem, DataLossWarning, stacklevel=level)
