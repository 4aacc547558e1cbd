# Asks a suite's program for its cases after each build, and writes which tests ctest runs.
#   cmake -D PROGRAM=… -D SUITE=… -D BY=file|case -D LONG=… -D PROPERTIES=… -D OUTPUT=… -P tests/discover.cmake
#
# BY file: the cases of one source file share a process and, as a test, its name ("unit/actors/kie_poller").
# BY case: each has its own; whose name fits LONG begins early. A case in the doctest suite "alone" always has its own, and nothing beside it.

cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${PROGRAM}" --list-test-cases --reporters=xml --no-skip=true
                OUTPUT_VARIABLE listed RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} does not list its cases: ${code}\n${listed}")
endif()

set(script "")
function(write_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" "FILTER;PROPERTIES")
  set(words "")
  foreach(word IN LISTS test_FILTER)
    string(APPEND words " [==[${word}]==]")
  endforeach()
  set(values "")
  foreach(word IN LISTS test_PROPERTIES)
    string(APPEND values " [==[${word}]==]")
  endforeach()
  string(APPEND script "add_test([==[${name}]==] [==[${PROGRAM}]==]${words})\n"
                       "set_tests_properties([==[${name}]==] PROPERTIES LABELS ${SUITE}${values})\n")
  set(script "${script}" PARENT_SCOPE)
endfunction()

# One line, one case. What means something in lists of CMake is spelt otherwise meanwhile.
string(REPLACE "[" "<open>" listed "${listed}")
string(REPLACE "]" "<close>" listed "${listed}")
string(REPLACE ";" "<semicolon>" listed "${listed}")
string(REPLACE "\n" ";" listed "${listed}")
set(sources "")
set(cases 0)
foreach(line IN LISTS listed)
  if(NOT line MATCHES "^ *<TestCase name=\"([^\"]*)\"( testsuite=\"([^\"]*)\")? filename=\"[^\"]*tests/(${SUITE}/[^\"]*)\"")
    if(line MATCHES "<TestCase ")
      message(FATAL_ERROR "this case has no name or no file in tests/${SUITE}: ${line}")
    endif()
    continue()
  endif()
  set(name "${CMAKE_MATCH_1}")
  set(mark "${CMAKE_MATCH_3}")
  set(source "${CMAKE_MATCH_4}")
  math(EXPR cases "${cases} + 1")
  if("${BY}" STREQUAL "file" AND NOT "${mark}" STREQUAL "alone")
    list(APPEND sources "${source}")
    continue()
  endif()
  foreach(pair "&quot<semicolon>|\"" "&lt<semicolon>|<" "&gt<semicolon>|>" "&amp<semicolon>|&" "<open>|[" "<close>|]")
    string(REGEX MATCH "^([^|]*)[|](.*)$" pair "${pair}")
    string(REPLACE "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}" name "${name}")
  endforeach()
  if(name MATCHES "<semicolon>")
    message(FATAL_ERROR "the name of a case must have no semicolon: ${name}")
  endif()
  string(REPLACE "," "\\," filter "${name}") # a comma begins another pattern
  set(properties ${PROPERTIES})
  if("${mark}" STREQUAL "alone")
    list(APPEND properties RUN_SERIAL TRUE)
  elseif(name MATCHES "${LONG}")
    list(APPEND properties COST 280)
  endif()
  write_test("${name}" FILTER "--test-case=${filter}" PROPERTIES ${properties})
endforeach()

list(REMOVE_DUPLICATES sources)
foreach(source IN LISTS sources)
  string(REGEX REPLACE "(_test)?\\.cpp$" "" name "${source}")
  write_test("${name}" FILTER "--source-file=*tests/${source}" --test-suite-exclude=alone PROPERTIES ${PROPERTIES})
endforeach()

if(cases EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} lists no case at all")
endif()
file(WRITE "${OUTPUT}" "${script}")
