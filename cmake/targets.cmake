# The targets radiomics::radiomics and radiomics::static, and `radiomics_cargo`, which builds them.

set(RADIOMICS_LIB_DIR "${PROJECT_BINARY_DIR}/lib")
set(_files "")
if(RADIOMICS_SHARED)
  list(APPEND _files "${RADIOMICS_LIB_DIR}/${RADIOMICS_SHARED_FILE}")
  foreach(_file IN LISTS RADIOMICS_LINKS RADIOMICS_IMPORT_LIBRARY)
    list(APPEND _files "${RADIOMICS_LIB_DIR}/${_file}")
  endforeach()
endif()
if(RADIOMICS_STATIC)
  list(APPEND _files "${RADIOMICS_LIB_DIR}/${RADIOMICS_STATIC_FILE}")
endif()

find_program(RADIOMICS_CARGO cargo PATHS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin" "$ENV{USERPROFILE}/.cargo/bin")
if(NOT RADIOMICS_CARGO AND NOT RADIOMICS_PREBUILT)
  message(FATAL_ERROR "radiomics: cargo is not there: install Rust from https://rustup.rs, or give its place in "
    "RADIOMICS_CARGO, or libraries that are built already in RADIOMICS_PREBUILT")
endif()
set(_target_dir "${RADIOMICS_TARGET_DIR}")
if(NOT _target_dir)
  set(_target_dir "${PROJECT_BINARY_DIR}/cargo")
endif()
set(_linker "")
if(CMAKE_CROSSCOMPILING)
  set(_linker "${CMAKE_C_COMPILER}")
endif()
set(_elf FALSE)
if(UNIX AND NOT APPLE)
  set(_elf TRUE)
endif()
# All that the script is told, which runs when the build does.
set(_script "${PROJECT_BINARY_DIR}/radiomics-cargo.cmake")
configure_file(cmake/cargo.cmake.in "${_script}" @ONLY)

# Cargo knows best what has changed, so it is asked each time; files that stay the same are not touched.
add_custom_target(radiomics_cargo ALL
  COMMAND "${CMAKE_COMMAND}" -P "${_script}"
  BYPRODUCTS ${_files}
  COMMENT "radiomics: cargo builds the library (${RADIOMICS_PROFILE})"
  USES_TERMINAL VERBATIM)

set(THREADS_PREFER_PTHREAD_FLAG TRUE)
find_package(Threads REQUIRED)
get_property(_languages GLOBAL PROPERTY ENABLED_LANGUAGES)

# What both libraries ask of whoever links them.
function(_radiomics_library name kind file alias)
  add_library(${name} ${kind} IMPORTED GLOBAL)
  add_dependencies(${name} radiomics_cargo)
  set_target_properties(${name} PROPERTIES
    IMPORTED_LOCATION "${RADIOMICS_LIB_DIR}/${file}"
    INTERFACE_INCLUDE_DIRECTORIES "${PROJECT_SOURCE_DIR}/include")
  foreach(toolkit IN ITEMS ITK VTK)
    if(RADIOMICS_NO_${toolkit})
      set_property(TARGET ${name} APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS RADIOMICS_NO_${toolkit})
    endif()
  endforeach()
  if("CXX" IN_LIST _languages)
    set_property(TARGET ${name} PROPERTY INTERFACE_COMPILE_FEATURES cxx_std_17)
  endif()
  add_library(radiomics::${alias} ALIAS ${name})
endfunction()

if(RADIOMICS_SHARED)
  _radiomics_library(radiomics_shared SHARED "${RADIOMICS_SHARED_FILE}" radiomics)
  add_library(radiomics::shared ALIAS radiomics_shared)
  if(RADIOMICS_IMPORT_LIBRARY)
    set_property(TARGET radiomics_shared APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS RADIOMICS_DLL)
    set_property(TARGET radiomics_shared PROPERTY IMPORTED_IMPLIB "${RADIOMICS_LIB_DIR}/${RADIOMICS_IMPORT_LIBRARY}")
  else()
    set_property(TARGET radiomics_shared PROPERTY IMPORTED_SONAME "${RADIOMICS_SONAME}")
  endif()
endif()
if(RADIOMICS_STATIC)
  _radiomics_library(radiomics_static STATIC "${RADIOMICS_STATIC_FILE}" static)
  set_property(TARGET radiomics_static PROPERTY INTERFACE_LINK_LIBRARIES ${RADIOMICS_SYSTEM_LIBRARIES})
endif()
