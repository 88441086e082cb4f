"""Commands, run in the process of the tests: importing takes longer than most of them.

That they are processes of their own, with the streams, codes and imports of one, is what test_cli
and test_writing look at.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from radiomics_rs.cli import main


def run(*arguments, check=True):
    """What `radiomics-rs` prints, and the code that it ends with."""
    words = [str(argument) for argument in arguments]
    with _stream() as out, _stream() as err:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(words)
            except SystemExit as end:
                code = end.code or 0
        return _checked(subprocess.CompletedProcess(words, code, _text(out), _text(err)), check)


def run_process(*arguments, check=True):
    """The same, as the process that a user starts."""
    command = Path(sys.executable).with_name("radiomics-rs")
    start = [str(command)] if command.exists() else [sys.executable, "-m", "radiomics_rs"]
    done = subprocess.run(
        [*start, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8"
    )
    return _checked(done, check)


def refused(*arguments, code=1, run=run):
    """What a command that fails says: in words for users, and nothing on standard output."""
    done = run(*arguments, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


def _checked(done, check):
    if check:
        assert done.returncode == 0, done.stderr
    return done


@contextlib.contextmanager
def _stream():
    """A stream with a file behind it, as commands ask for its descriptor."""
    with tempfile.TemporaryFile() as file, io.TextIOWrapper(file, encoding="utf-8") as stream:
        yield stream


def _text(stream):
    stream.flush()
    stream.seek(0)
    return stream.read()
