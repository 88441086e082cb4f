"""Conan 2: `conan create packaging/conan -o "radiomics/*:shared=True"`; cargo must be in the PATH."""

import re
from pathlib import Path

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy

TREE = Path(__file__).resolve().parents[2]
PARTS = [
    "CMakeLists.txt",
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE-*",
    "NOTICE",
    "README.md",
    "cmake/*",
    "include/*",
    "benches/*",
    "radiomics-core/*",
    "radiomics-ffi/*",
    "radiomics-py/*",
]


class Radiomics(ConanFile):
    name = "radiomics"
    description = "Radiomic features as standardised by IBSI"
    license = "Apache-2.0 OR MIT"
    url = homepage = "https://github.com/radiomics-rs/radiomics-rs"
    topics = ("radiomics", "medical-imaging", "ibsi")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False]}
    default_options = {"shared": True}

    def set_version(self):
        cargo = (TREE / "Cargo.toml").read_text(encoding="utf-8")
        self.version = re.search(r'^version = "([^"]+)"', cargo, re.MULTILINE).group(1)

    def export_sources(self):
        for part in PARTS:
            copy(self, part, TREE, self.export_sources_folder, excludes=["*/target/*", "*/.venv/*"])

    def layout(self):
        cmake_layout(self)

    def generate(self):
        chain = CMakeToolchain(self)
        chain.cache_variables["RADIOMICS_SHARED"] = bool(self.options.shared)
        chain.cache_variables["RADIOMICS_STATIC"] = not self.options.shared
        debug = self.settings.build_type == "Debug"
        chain.cache_variables["RADIOMICS_PROFILE"] = "dev" if debug else "release"
        chain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # The package's own CMake files are used, so that targets are the same everywhere.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs.append("lib/cmake/radiomics")
        self.cpp_info.set_property("pkg_config_name", "radiomics")
        self.cpp_info.libs = ["radiomics"]
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs = ["pthread", "dl", "m"]
        elif self.settings.os == "Windows":
            self.cpp_info.system_libs = ["kernel32", "ntdll", "userenv", "ws2_32", "dbghelp"]
