#pragma once

#include <string>
#include <string_view>

namespace neurocards::db {

/// What is wrong with a DATABASE_URL in either of libpq's forms; empty: nothing. Never quotes it:
/// libpq would, and where a password is not escaped, what it takes for a host or a port is a part
/// of the password.
std::string url_fault(std::string_view url);

} // namespace neurocards::db
