"""Blocks of C, C++, Rust and YAML in the documentation compile, or are files that are built."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import radiomics_rs as rr
from snippets import PAGES, ROOT, Block, blocks_of

COMPILERS = {"c": "cc", "cpp": "c++"}
#: What the blocks of an embedder's program find in place: voxels, a progress bar, a button.
PREAMBLE = """
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <thread>
#include <vector>
#include <radiomics.hpp>
short *voxels = nullptr;
unsigned char *labels = nullptr;
std::size_t nz = 1, ny = 1, nx = 1, count = 1, regions = 1, columns = 1;
double dz = 1, dy = 1, dx = 1, *second = nullptr;
bool user_pressed_stop = false;
struct { void set(std::size_t, std::size_t) {} } bar;
void wait_for_the_button() {}
template <class... Values> void store(const Values &...) {}
template <class... Values> void tell(const Values &...) {}
template <class... Values> void list(const Values &...) {}
template <class... Values> void show(const Values &...) {}
template <class... Values> void draw(const Values &...) {}
radiomics::context context;
const auto settings = context.settings_from_yaml("");
const auto image = radiomics::view(voxels, {nz, ny, nx}, {dz, dy, dx});
const auto mask = radiomics::view(labels, {nz, ny, nx}, {dz, dy, dx});
const auto &pet = image, &ct = image;
const auto table = context.extract(image, mask, 1, settings);
radiomics::job job;
radiomics::maps_job wanted;
radiomics::failure why;
"""
PREAMBLE_C = """
#include <stdio.h>
#include <radiomics.h>
static void block(radiomics_context *context, radiomics_settings *settings) {
"""


def blocks(language: str) -> list[Block]:
    return [b for page in PAGES for b in blocks_of(page) if b.language == language]


def compile_only(text: str, name: str, *options: str) -> None:
    compiler = COMPILERS[name]
    if shutil.which(compiler) is None:
        pytest.skip(f"no compiler for {name}: {compiler} is not there")
    command = [compiler, "-fsyntax-only", f"-I{ROOT / 'include'}", *options, "-"]
    # Whatever a compiler quotes of a file that is no text is not for us to decode.
    done = subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", errors="replace"
    )
    assert done.returncode == 0, done.stderr


def test_cpp():
    """Each block is the body of a function; a line of `#line` lets errors name the page."""
    text = PREAMBLE
    for k, block in enumerate(blocks("cpp")):
        if block.why_not or "int main" in block.text:
            continue
        body = "\n".join(
            line for line in block.text.splitlines() if not line.startswith("#include")
        )
        text += f'void block_{k}() {{\n#line {block.line + 1} "{block.page}"\n{body}\n}}\n'
    compile_only(text, "cpp", "-x", "c++", "-std=c++17", "-Werror=return-type")


def test_c():
    text = PREAMBLE_C
    for block in blocks("c"):
        text += f'{{\n#line {block.line + 1} "{block.page}"\n{block.text}\n}}\n'
    compile_only(text + "}\n", "c", "-x", "c", "-std=c11")


def test_whole_programs_are_files():
    """A program is a file that the check builds, but for the first comment of the file."""
    programs = [
        b for b in blocks("rust") + blocks("cpp") if "fn main" in b.text or "int main" in b.text
    ]
    assert programs
    for block in programs:
        assert block.kind == "file", f"{block.place}: name its file in a comment before it"
        path = ROOT / block.remark
        assert path.is_relative_to(ROOT / "radiomics-core" / "examples") or path.is_relative_to(
            ROOT / "examples"
        ), f"{block.place}: {block.remark} is not built"
        written = path.read_text(encoding="utf-8")
        code = "".join(
            line for line in written.splitlines(keepends=True) if not line.startswith("//!")
        )
        assert code.strip() == block.text.strip(), f"{block.place} is not {block.remark}"


def test_settings():
    """Blocks of YAML are settings, or the parameters of PyRadiomics."""
    found = blocks("yaml")
    assert found
    for block in found:
        if block.text.startswith(("setting:", "imageType:", "featureClass:")):
            rr.Settings.from_pyradiomics(block.text)
        elif not block.why_not and block.kind != "save as":
            rr.Settings.from_yaml(block.text)
