"""The command as tests run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import command_server


def start(*arguments):
    """Run the command as it is installed."""
    installed = Path(sys.executable).with_name("radiomics-rs")
    command = [str(installed)] if installed.exists() else [sys.executable, "-m", "radiomics_rs"]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8"
    )


def run(*arguments, check=True):
    """What the command prints, and the code that it ends with."""
    done = (command_server.run if command_server.POSSIBLE else start)(*arguments)
    if check:
        assert done.returncode == 0, done.stderr
    return done


def refused(*arguments, code=1):
    """What a command that fails says: in words for users, and nothing on standard output."""
    done = run(*arguments, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr
