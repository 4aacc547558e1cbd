# Language level, warnings, sanitizers, and where programs end up.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
# -g1 keeps line numbers in stack traces at a third of the size and link time of -g.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

# Where there is memory for it, GCC compiles a file without ever collecting its garbage: a twelfth of the time of large files,
# for a sixth more memory (1.2 GB at most).
cmake_host_system_information(RESULT memory QUERY TOTAL_PHYSICAL_MEMORY) # MiB
if(memory GREATER 7000)
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:--param=ggc-min-heapsize=1048576>)
endif()

set(NEUROCARDS_SANITIZER "" CACHE STRING "address (with undefined), thread, or fuzzer (with both of address)")
if(NEUROCARDS_SANITIZER) # instrumented code takes several times as long to optimise further
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG")
endif()
if(NEUROCARDS_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(NEUROCARDS_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(NEUROCARDS_SANITIZER STREQUAL "fuzzer") # clang only: script/fuzz
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(NEUROCARDS_SANITIZER)
  message(FATAL_ERROR "NEUROCARDS_SANITIZER is \"${NEUROCARDS_SANITIZER}\"; allowed: address, thread, fuzzer")
endif()

# ccache understands precompiled headers only with these settings (its manual, "Precompiled headers").
# Paths below the base directory count as relative, so that all clones and build trees share results.
find_program(CCACHE ccache)
if(CCACHE)
  string(FIND "${CMAKE_BINARY_DIR}/" "${CMAKE_SOURCE_DIR}/" build_in_source)
  set(ccache_base "${CMAKE_BINARY_DIR}")
  if(build_in_source EQUAL 0)
    set(ccache_base "${CMAKE_SOURCE_DIR}")
  endif()
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_NOHASHDIR=1 "CCACHE_BASEDIR=${ccache_base}" ${CCACHE})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
    "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
