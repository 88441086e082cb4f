"""The lock file of a source distribution is for what is in it."""

import re
import sys
import types
from pathlib import Path

import pytest

from conftest import ROOT

BACKEND = Path(ROOT) / "radiomics-py" / "build_backend"


@pytest.fixture
def fitting(monkeypatch):
    # Only what packs the distribution is maturin's.
    monkeypatch.setitem(sys.modules, "maturin", types.ModuleType("maturin"))
    monkeypatch.syspath_prepend(str(BACKEND))
    import radiomics_build

    return radiomics_build.fitting


def names(lock):
    return re.findall(r'^name = "(.*)"$', lock, re.M)


def test_what_other_crates_need_is_left_out(fitting):
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    crates = {"radiomics-core", "radiomics-py"}
    left = fitting(lock, crates)
    assert crates < set(names(left)) < set(names(lock))
    assert not {"radiomics-ffi", "radiomics-benches", "criterion", "cbindgen"} & set(names(left))
    # What is needed is there, by a name that says which version is meant.
    for need in re.findall(r'^ "([^" ]+)[^"]*",$', left, re.M):
        assert need in names(left)
    for need in re.findall(r'^ "([^" ]+)",$', left, re.M):
        assert names(left).count(need) == 1
    assert fitting(left, crates) == left
    everything = crates | {"radiomics-core-units", "radiomics-ffi", "radiomics-benches"}
    assert fitting(lock, everything) == lock
