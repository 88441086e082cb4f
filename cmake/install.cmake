# What is installed, below CMAKE_INSTALL_PREFIX and DESTDIR. Everything finds the rest by relative paths, so a prefix can
# be moved as a whole.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/radiomics")
set(_licence_dir "${CMAKE_INSTALL_DATADIR}/licenses/radiomics")

install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT radiomics_headers
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
if(RADIOMICS_SHARED)
  set(_shared_dir "${CMAKE_INSTALL_LIBDIR}")
  if(WIN32)
    set(_shared_dir "${CMAKE_INSTALL_BINDIR}")
  endif()
  install(PROGRAMS "${RADIOMICS_LIB_DIR}/${RADIOMICS_SHARED_FILE}" DESTINATION "${_shared_dir}"
    COMPONENT radiomics_shared)
  foreach(_file IN LISTS RADIOMICS_LINKS RADIOMICS_IMPORT_LIBRARY)
    install(FILES "${RADIOMICS_LIB_DIR}/${_file}" DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT radiomics_shared)
  endforeach()
endif()
if(RADIOMICS_STATIC)
  install(FILES "${RADIOMICS_LIB_DIR}/${RADIOMICS_STATIC_FILE}" DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    COMPONENT radiomics_static)
endif()
install(FILES LICENSE-APACHE LICENSE-MIT NOTICE DESTINATION "${_licence_dir}" COMPONENT radiomics_headers)

configure_package_config_file(cmake/radiomics-config.cmake.in "${PROJECT_BINARY_DIR}/radiomics-config.cmake"
  INSTALL_DESTINATION "${_package_dir}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_BINDIR
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
configure_file(cmake/radiomics-config-version.cmake.in "${PROJECT_BINARY_DIR}/radiomics-config-version.cmake" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/radiomics-config.cmake" "${PROJECT_BINARY_DIR}/radiomics-config-version.cmake"
  DESTINATION "${_package_dir}" COMPONENT radiomics_headers)

# From the folder of the .pc file to the prefix: as many steps up as LIBDIR/pkgconfig has names.
string(REGEX REPLACE "[^/]+" ".." _up "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(_pc_libs "")
foreach(_library IN LISTS RADIOMICS_SYSTEM_LIBRARIES)
  string(REPLACE "Threads::Threads" "pthread" _library "${_library}")
  string(APPEND _pc_libs " -l${_library}")
endforeach()
configure_file(cmake/radiomics.pc.in "${PROJECT_BINARY_DIR}/radiomics.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/radiomics.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
  COMPONENT radiomics_headers)
