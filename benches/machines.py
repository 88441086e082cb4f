"""Digests of all values of the drift guard, on processors that have more and fewer instructions.

usage: python3 benches/machines.py [--qemu FILE] [--threads N...] [--alone]

Prints a row of Markdown for this machine as it is, one in which the C library is told to do
without AVX2 and FMA, and one for each processor that qemu-x86_64 (its user mode) emulates: what
that one has not got is seen neither by our kernels nor by rustfft, NumPy or the C library. The
digest is that of the table in `radiomics-core/tests/data/drift`, which CHANGELOG.md names, if every
digit is the same; values that are another number are counted, and the largest deviation is their
share. Exit code 1 if a row has values that the drift guard would not let pass.

To be run by a Python that has radiomics-rs; an emulated processor takes minutes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "radiomics-py" / "tests"))

import drift
import numpy as np
import radiomics_rs as rr
from radiomics_rs._conformance import instruction_set

#: What qemu emulates. It has no AVX-512, and NumPy's wheels need SSE4.2 where ours need SSE2: the
#: rest is done by `radiomics-core/tests/mechanics_drift.rs`, which needs no Python.
PROCESSORS = {
    "Haswell": "AVX2 and FMA",
    "SandyBridge": "AVX, no AVX2, no FMA",
    "Westmere": "SSE4.2, no AVX",
}
WITHOUT = "glibc.cpu.hwcaps=-AVX2,-FMA"
HEAD = ("machine", "kernels", "threads", "digest", "values", "other digits", "largest", "passes")


def main() -> int:
    """Print the table; 1 if values are off."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--qemu", default=shutil.which("qemu-x86_64"), metavar="FILE")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--alone", action="store_true", help="this process alone, as JSON")
    chosen = parser.parse_args()
    if chosen.alone:
        print(json.dumps([row(threads) for threads in chosen.threads]))
        return 0
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
    passed = [shown(*one, chosen.threads) for one in machines(chosen.qemu)]
    return int(not all(passed))


def machines(qemu: str | None) -> list[tuple[str, list[str], dict[str, str]]]:
    """The name of each, what comes before the command, and what is added to the environment."""
    libc = " ".join(platform.libc_ver())
    found = [
        (f"{processor()}, {libc}", [], {}),
        (f"the same, {libc} without AVX2 and FMA", [], {"GLIBC_TUNABLES": WITHOUT}),
    ]
    if qemu:
        for name, has in PROCESSORS.items():
            found.append((f"{has} (`{name}` by qemu), {libc}", [qemu, "-cpu", name], {}))
    return found


def processor() -> str:
    """The model, where the system says so."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def shown(name: str, before: list[str], more: dict[str, str], threads: list[int]) -> bool:
    """Print the rows of a machine; whether the drift guard lets them pass."""
    command = [*before, sys.executable, __file__, "--alone", "--threads", *map(str, threads)]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, **more}
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        print(f"| {name} |{' - |' * (len(HEAD) - 2)} not run: {last[:160]} |", flush=True)
        return True
    # Thread counts with the same values are one row.
    rows: dict[tuple[str, ...], list[int]] = {}
    for count, cells in zip(threads, json.loads(done.stdout.splitlines()[-1]), strict=True):
        rows.setdefault(tuple(cells), []).append(count)
    for cells, counts in rows.items():
        of = ", ".join(map(str, counts))
        print(f"| {name} | {cells[0]} | {of} | {' | '.join(cells[1:])} |", flush=True)
    return all(cells[-1] == "yes" for cells in rows)


def row(threads: int) -> list[str]:
    """What this process computes, beside the table."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(("case", "label", "column", "compare", "value"))
    expected = drift.table()
    count = other = 0
    largest = 0.0
    passes = True
    for case in drift.cases():
        for label, columns in values(case, threads).items():
            of_table = expected[case.name, label]
            for (column, bits, old), new in zip(of_table, columns, strict=True):
                compare = "bits" if bits else "1e-12"
                table.writerow((case.name, label, column, compare, scientific(new)))
                count += 1
                if scientific(new) != scientific(old):
                    other += 1
                    largest = max(largest, abs(new - old) / abs(old) if old else np.inf)
            passes &= not drift.moved(of_table, [name for name, *_ in of_table], columns)
    found = digest(written.getvalue())
    return [
        instruction_set(),
        f"`{found}`",
        f"{count:,}",
        str(other),
        f"{largest:.0e}" if other else "-",
        "yes" if passes else "**no**",
    ]


def values(case: drift.Case, threads: int) -> dict[int, list[float]]:
    """The values of each label of a case."""
    with warnings.catch_warnings():
        # Small regions are what they are on purpose.
        warnings.simplefilter("ignore", rr.RadiomicsWarning)
        tables = rr.extract(
            case.image,
            case.mask,
            case.settings,
            label=case.labels,
            spacing_mm=case.spacing_mm,
            threads=threads,
        )
    return {label: [row.value for row in table] for label, table in tables.items()}


def scientific(value: float) -> str:
    """The shortest text that is read as the same number, as Rust writes it."""
    if np.isnan(value):
        return "NaN"
    text = np.format_float_scientific(np.float64(value), unique=True, trim="-", exp_digits=1)
    return text.replace("e+", "e")


def digest(text: str) -> str:
    """FNV-1a of 64 bits, as in `mechanics_drift.rs`."""
    found = 0xCBF29CE484222325
    for byte in text.encode():
        found = (found ^ byte) * 0x0100_0000_01B3 % 2**64
    return f"{found:016x}"


if __name__ == "__main__":
    sys.exit(main())
