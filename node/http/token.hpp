#pragma once

#include <string>
#include <string_view>

namespace neurocards {

/// The token a request shows in its field Authorization: as a bearer, or as the password a browser
/// was asked for. Empty: none.
std::string shown_token(std::string_view authorization);

/// The user name a browser was asked for along with the password; empty: none.
std::string shown_user(std::string_view authorization);

} // namespace neurocards
