# An overlay port: `vcpkg install radiomics --overlay-ports=packaging/vcpkg/ports`. Cargo, which vcpkg does not have, must be
# in the PATH. The source is the tree that the port lies in, or RADIOMICS_SOURCE of the triplet.
if(NOT DEFINED RADIOMICS_SOURCE)
  get_filename_component(RADIOMICS_SOURCE "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)
endif()
string(COMPARE EQUAL "${VCPKG_LIBRARY_LINKAGE}" "dynamic" _shared)
string(COMPARE EQUAL "${VCPKG_LIBRARY_LINKAGE}" "static" _static)

vcpkg_cmake_configure(
  SOURCE_PATH "${RADIOMICS_SOURCE}"
  OPTIONS
    "-DRADIOMICS_SHARED=${_shared}"
    "-DRADIOMICS_STATIC=${_static}"
  OPTIONS_RELEASE -DRADIOMICS_PROFILE=release
  OPTIONS_DEBUG -DRADIOMICS_PROFILE=dev
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(PACKAGE_NAME radiomics CONFIG_PATH lib/cmake/radiomics)
vcpkg_fixup_pkgconfig()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST
  "${RADIOMICS_SOURCE}/LICENSE-APACHE" "${RADIOMICS_SOURCE}/LICENSE-MIT" "${RADIOMICS_SOURCE}/NOTICE")
