# One static library per folder.

add_library(warnings INTERFACE)
# Clang's -Wconversion counts changes of sign among conversions, GCC's does not.
target_compile_options(warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion
                       $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>)
if(NOT NEUROCARDS_SANITIZER) # whose instrumentation makes GCC see uninitialised values everywhere
  # The optimiser of GCC 12 sees overflows and uninitialised values in sound uses of std::string and
  # std::function (GCC bug 105329 and its kin), a different few with every change: shown only.
  target_compile_options(warnings INTERFACE -Werror)
  foreach(guess array-bounds stringop-overread stringop-overflow restrict maybe-uninitialized)
    target_compile_options(warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-error=${guess}>)
  endforeach()
endif()

# CAF's headers cost four seconds a file; everything that uses them shares one precompiled header.
function(neurocards_precompiled target)
  target_link_libraries(${target} PRIVATE warnings)
  target_precompile_headers(${target} REUSE_FROM protocol)
endfunction()

function(neurocards_library folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    file(WRITE "${CMAKE_BINARY_DIR}/${folder}_empty.cpp" "")
    set(sources "${CMAKE_BINARY_DIR}/${folder}_empty.cpp")
  endif()
  add_library(${folder} STATIC ${sources})
  target_include_directories(${folder} PUBLIC "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${folder} PRIVATE warnings)
  if(folder STREQUAL "protocol")
    target_precompile_headers(protocol PRIVATE <caf/all.hpp> <caf/io/all.hpp> <caf/openssl/all.hpp>)
  elseif(NOT folder MATCHES "^(base|domain)$")
    target_precompile_headers(${folder} REUSE_FROM protocol)
  endif()
endfunction()
