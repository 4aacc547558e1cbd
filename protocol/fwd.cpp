#include "protocol/store/catalogue.hpp"

#include <array>
#include <string_view>

#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>

namespace neurocards {

namespace {

constexpr std::array<std::string_view, 10> ec_names{
  "none",         "unavailable",  "rejected",      "timed_out",    "overloaded",
  "storage_full", "file_missing", "misconfigured", "shutting_down"};

} // namespace

void init_protocol() {
  static const bool once = [] {
    caf::init_global_meta_objects<caf::id_block::neurocards>();
    caf::io::middleman::init_global_meta_objects();
    caf::core::init_global_meta_objects();
    return true;
  }();
  static_cast<void>(once);
}

std::string to_string(ec x) {
  return std::string{ec_names[static_cast<size_t>(x)]};
}

bool from_string(caf::string_view text, ec& x) {
  for (size_t i = 0; i < ec_names.size(); ++i) {
    if (ec_names[i] == std::string_view{text.data(), text.size()}) {
      x = static_cast<ec>(i);
      return true;
    }
  }
  return false;
}

bool from_integer(uint8_t number, ec& x) {
  if (number >= ec_names.size())
    return false;
  x = static_cast<ec>(number);
  return true;
}

std::string to_string(failure_class x) {
  constexpr std::array<std::string_view, 8> names{"TEMPORARY",      "RATE_LIMIT", "BILLING",
                                                  "KEY_REFUSED",    "MODEL_DOWN", "OUTAGE",
                                                  "USER_VIOLATION", "UNKNOWN"};
  return std::string{names[static_cast<size_t>(x)]};
}

namespace http {

std::string to_string(outcome x) {
  constexpr std::array<std::string_view, 7> names{"answered",   "not_sent",          "interrupted",
                                                  "too_large",  "forbidden_address", "local_fault",
                                                  "not_started"};
  return std::string{names[static_cast<size_t>(x)]};
}

} // namespace http

namespace store {

std::string to_string(sweep_kind x) {
  constexpr std::array<std::string_view, 6> names{"updates", "notifications", "cards",
                                                  "nodes",   "drafts",        "earnings"};
  return std::string{names[static_cast<size_t>(x)]};
}

} // namespace store

} // namespace neurocards
