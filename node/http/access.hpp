#pragma once

#include "base/secret.hpp"

#include <cstdint>
#include <string_view>

/// Who may do what over HTTP. Pure.
namespace neurocards::access {

struct tokens {
  secret act;  // HTTP_TOKEN; empty: not set
  secret read; // HTTP_READ_TOKEN; empty: not set
};

enum class right : uint8_t {
  none,
  read,
  act, // and read
};

/// What the shown token allows. While none is set, everybody who gets here may act; while only the
/// one for reading is set, nobody may.
right right_of(std::string_view shown, const tokens&);

enum class verdict : uint8_t { allowed, no_token, may_not_act, foreign_origin };

/// The fields of a request that say from which page a browser sent it.
struct provenance {
  std::string_view origin; // empty: no browser's page
  std::string_view host;   // as the client named us
};

/// Whether a request may pass. `is_open`: no token is set, which only this host's own may use: then
/// a page may not reach us by a name of its own that leads here.
verdict decide(bool acts, right, const provenance&, bool is_open);

} // namespace neurocards::access
