"""What all tests share: how the laws are tried, and how the command is called.

The same examples everywhere, no deadline, few enough to stay quick.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from sim.cli import run_command

settings.register_profile(
    "zopa",
    deadline=None,
    derandomize=True,
    max_examples=30,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("search", settings.get_profile("zopa"), derandomize=False)
settings.load_profile("zopa")


@pytest.fixture
def zopa(capsys):
    """Run the command as a user would: exit code, what is answered, what is said beside."""

    def call(*arguments):
        code = run_command([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
