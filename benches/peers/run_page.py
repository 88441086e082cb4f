"""What `run.py` measured, kept as JSON, and the tables of docs/performance.md made from it.

    python3 benches/peers/run_page.py

The file holds a list of calls: the machine, the day, and a row for each package, case and number of threads. What is
compared is of one call, as a shared machine has faster and slower hours.
"""

import datetime
import json
import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "docs" / "performance" / "peers.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: benches/peers/run_page.py -->\n", "<!-- end of measured -->\n"


def keep(rows, path):
    """Add a call to the file at `path`, which is made if it is not there."""
    path = Path(path)
    calls = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    calls.append({"machine": machine(), "day": datetime.date.today().isoformat(), "rows": rows})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(calls, indent=1) + "\n", encoding="utf-8")


def machine():
    """Processor and system, in a line."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    return f"{name}, {platform.system()}, Python {platform.python_version()}"


def table(rows):
    """The rows of a call, fastest first in each case."""
    lines = ["| case | threads | package | s | least s | peak MB | values |", "|---|---|---|---|---|---|---|"]
    for row in sorted(rows, key=lambda row: (row["case"], row["threads"], row["median_s"])):
        version = f" {row['name'].split()[-1]}" if "name" in row else ""
        lines.append(
            f"| {row['case']} | {row['threads']} | {row['peer']}{version} | {row['median_s']:.4f} "
            f"| {row['least_s']:.4f} | {row['peak_mb']:.0f} | {row['values']} |"
        )
    return "\n".join(lines)


def page(calls):
    """The part of the page that is made from the calls."""
    parts = []
    for call in calls:
        repeats = sorted({row["repeats"] for row in call["rows"]})
        times = f"{repeats[0]} to {repeats[-1]}" if len(repeats) > 1 else f"{repeats[0]}"
        parts.append(f"{call['day']}, {call['machine']}; medians of {times} repeats:\n\n{table(call['rows'])}\n")
    return "\n".join(parts)


def written(text, calls):
    """The text of the page with that part made anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{page(calls)}\n{END}{after}"


def main():
    calls = json.loads(KEPT.read_text(encoding="utf-8"))
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), calls), encoding="utf-8")


if __name__ == "__main__":
    main()
