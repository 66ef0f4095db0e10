"""Python imports this before a program if its folder is in PYTHONPATH: pymarc is marcd then.

So it is in every process of the program, those that multiprocessing spawns included.
"""

import marcd

marcd.install_as_pymarc()
