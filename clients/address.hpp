#pragma once

#include <string>

struct sockaddr;

namespace neurocards::http {

/// True for addresses that lead into our own network or nowhere: loopback, private, link-local,
/// carrier-grade NAT, multicast, reserved, and their disguises within IPv6. Unknown families count
/// as private.
bool is_private(const sockaddr*);

/// As numbers: "198.18.0.7"; empty for an unknown family.
std::string to_text(const sockaddr*);

/// The registered network that makes the address private, e.g. "198.18.0.0/15"; for one without
/// such, the network of that address alone.
std::string private_network_of(const sockaddr*);

/// Likewise of an address as numbers; empty: it is public, or no address.
std::string private_network_of(const std::string& address);

} // namespace neurocards::http
