# Everything from outside, as imported targets. CAF's own package needs OpenSSL to be found first.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(doctest REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(pqxx REQUIRED IMPORTED_TARGET libpqxx)
add_library(pqxx ALIAS PkgConfig::pqxx)
pkg_check_modules(event REQUIRED IMPORTED_TARGET libevent libevent_pthreads)
add_library(event ALIAS PkgConfig::event)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
# hiredis asks for -D_FILE_OFFSET_BITS=64, the rule here anyway, which would void the precompiled header.
set_target_properties(PkgConfig::hiredis PROPERTIES INTERFACE_COMPILE_OPTIONS "")
add_library(hiredis ALIAS PkgConfig::hiredis)
pkg_check_modules(vips REQUIRED vips)
# Few files include libvips, whose headers lie in twenty folders: all others are spared them.
set(vips_headers ${vips_INCLUDE_DIRS})
list(TRANSFORM vips_headers PREPEND "-isystem")
add_library(vips INTERFACE)
target_link_libraries(vips INTERFACE ${vips_LINK_LIBRARIES})

# script/bootstrap knows where its CAF is; empty means that CMake finds one by itself.
set(ENV{CAF_SANITIZER} "")
if(NEUROCARDS_SANITIZER STREQUAL "thread")
  set(ENV{CAF_SANITIZER} thread) # an uninstrumented CAF drowns ThreadSanitizer in false reports
endif()
execute_process(COMMAND "${CMAKE_SOURCE_DIR}/script/lib/build-caf.sh" --prefix
                OUTPUT_VARIABLE caf_prefix OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(caf_prefix)
  list(PREPEND CMAKE_PREFIX_PATH "${caf_prefix}")
  set(CAF_DIR "${caf_prefix}/lib/cmake/CAF")
endif()
find_package(CAF REQUIRED)
foreach(module core io openssl)
  if(NOT TARGET CAF::${module})
    message(FATAL_ERROR "the CAF in ${CAF_DIR} was built without its module ${module}")
  endif()
  # Headers may be shared with an older build (build-caf.sh): what stays in place is not compiled again.
  get_target_property(headers CAF::${module} INTERFACE_INCLUDE_DIRECTORIES)
  if(headers)
    file(REAL_PATH "${headers}" headers)
    set_target_properties(CAF::${module} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${headers}")
  endif()
endforeach()
add_library(caf INTERFACE)
target_link_libraries(caf INTERFACE CAF::openssl CAF::io CAF::core OpenSSL::SSL Threads::Threads)

# Programs bring their allocator with them: actors and messages are blocks of one to four kilobytes, which threads
# hand to each other, and those glibc keeps in no thread's cache (docs/performance.md). Where it is not installed
# they use glibc's. Sanitizers have their own.
add_library(allocator INTERFACE)
find_library(jemalloc libjemalloc_pic.a)
if(NOT NEUROCARDS_SANITIZER)
  if(jemalloc)
    target_link_libraries(allocator INTERFACE "${jemalloc}" ${CMAKE_DL_LIBS} m Threads::Threads)
  else()
    message(STATUS "libjemalloc-dev is not installed: programs use glibc's allocator")
  endif()
endif()
