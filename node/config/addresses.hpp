#pragma once

#include <string>

/// Addresses among the settings.
namespace neurocards::config {

/// Begins with http:// or https:// and names a host.
bool is_url(const std::string&);

/// As libcurl writes proxies. What it would not understand it shows in full, password included.
bool is_proxy(const std::string&);

/// A value as it may be shown: what stands before an @ can be a password.
std::string without_password(std::string shown);

} // namespace neurocards::config
