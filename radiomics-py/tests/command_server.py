"""Runs the command in processes that have imported the package already.

Each run is a process of its own, with its arguments, folder, environment, input and outputs, as a
shell would start it. Only what takes longest of a short command, to import, is done once: a server
imports it, and its children run the command.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

#: Whether there can be a server; elsewhere the command is started.
POSSIBLE = hasattr(os, "fork") and hasattr(socket, "send_fds")
LINE = b"\n"


@cache
def server() -> str:
    """The address of the server, which ends with the process that has asked for it first."""
    import shutil
    import subprocess
    import tempfile

    # A short path: that of a socket may have some hundred letters.
    folder = tempfile.mkdtemp(prefix="rr-")
    address = os.path.join(folder, "s")  # noqa: PTH118
    process = subprocess.Popen(
        [sys.executable, __file__, "serve", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(process.wait, 10)
    atexit.register(process.stdin.close)
    assert process.stdout.readline() == b"ready\n"
    return address


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """What the command prints, and its exit code."""
    import subprocess
    import tempfile

    given = [str(one) for one in arguments]
    with (
        open(os.devnull) as nothing,  # noqa: PTH123
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as error,
    ):
        code = ask(server(), given, [nothing.fileno(), output.fileno(), error.fileno()])
        said = []
        for stream in (output, error):
            stream.seek(0)
            said.append(stream.read())
        return subprocess.CompletedProcess(given, code, *said)


def ask(address: str, arguments: list[str], streams: list[int]) -> int:
    """The exit code of the command; `streams` are its input, output and error."""
    asked = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109 it is what the shell has
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        data = json.dumps(asked).encode() + LINE
        sent = socket.send_fds(connection, [data], streams)
        connection.sendall(data[sent:])
        return int(connection.recv(100))


def serve(address: str) -> None:
    """Answer until standard input ends; returns in the process that is to run the command."""
    import radiomics_rs._command.images
    import radiomics_rs._command.listing
    import radiomics_rs.cli  # noqa: F401 imported for those who are asked for it

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                sys.exit()
            connection, _ = listener.accept()
            if _forked():
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                return _become(connection)
            connection.close()


def _become(connection: socket.socket) -> None:
    """Become the process that is asked for, while another one waits for it to say how it ended."""
    data, streams, _, _ = socket.recv_fds(connection, 1 << 16, 3)
    while not data.endswith(LINE):
        data += connection.recv(1 << 16)
    asked = json.loads(data)
    if not _forked():
        _, status = os.wait()
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    connection.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        # Those that there are know whether the server's can be sought in, which these may not.
        kept = getattr(sys, name)
        like = {"encoding": kept.encoding, "errors": kept.errors, "closefd": False}
        setattr(sys, name, open(number, "w" if number else "r", 1 if number == 2 else -1, **like))  # noqa: PTH123, SIM115 they last as long as the process
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["radiomics-rs", *asked["arguments"]]
    # As with `python -m`; until now it is the folder of the tests.
    sys.path[0] = asked["folder"]


def _forked() -> bool:
    """Whether this is the new one of two processes."""
    import warnings

    with warnings.catch_warnings():
        # NumPy's library of linear algebra has threads, and sees to them itself.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork() == 0


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
        from radiomics_rs.cli import main

        sys.exit(main())
    sys.exit(ask(sys.argv[2], sys.argv[3:], [0, 1, 2]))
