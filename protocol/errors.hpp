#pragma once

#include <cstdint>
#include <string>

#include <caf/default_enum_inspect.hpp>
#include <caf/error_code.hpp>
#include <caf/is_error_code_enum.hpp>
#include <caf/string_view.hpp>

namespace neurocards {

/// What can go wrong between actors. A code exists only where somebody acts on it differently; the
/// context of an error says what was tried, on which id, and what came back.
enum class ec : uint8_t {
  none = 0,
  unavailable,   // the database or a service is out of reach; whether it acted is unknown: repeat
  rejected,      // the database refused the request itself (constraint, NCxxx): do not repeat
  timed_out,     // a statement ran into its limit and was rolled back: repeat later
  overloaded,    // a bounded queue is full: repeat later
  storage_full,  // no room left where files are kept
  file_missing,  // no such file in storage
  misconfigured, // a person has to act first (settings, the schema, rights); repeat until then
  shutting_down, // this node takes no new work
};

} // namespace neurocards

CAF_ERROR_CODE_ENUM(neurocards::ec)

namespace neurocards {

std::string to_string(ec);
bool from_string(caf::string_view, ec&);
bool from_integer(uint8_t, ec&);

template <class Inspector>
bool inspect(Inspector& f, ec& x) {
  return caf::default_enum_inspect(f, x);
}

} // namespace neurocards
