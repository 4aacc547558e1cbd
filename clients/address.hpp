#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace neurocards::http {

/// True for addresses that lead into our own network or nowhere: loopback, private, link-local,
/// carrier-grade NAT, multicast, reserved, and their disguises within IPv6. Unknown families count
/// as private.
bool is_private(const sockaddr*);

/// Addresses that begin alike, in the form of IPv6 (an IPv4 network within ::ffff:0:0/96).
struct network {
  std::array<uint8_t, 16> prefix{};
  int bits = 128;
};

/// "198.18.0.0/15, fd00::/8"; an address alone is a network of one. Nullopt: not all of it is that.
std::optional<std::vector<network>> parse_networks(std::string_view);

bool is_within(const sockaddr*, const std::vector<network>&);

/// As numbers: "198.18.0.7"; empty for an unknown family.
std::string to_text(const sockaddr*);

/// The registered network that makes the address private, e.g. "198.18.0.0/15"; for one without
/// such, the network of that address alone.
std::string private_network_of(const sockaddr*);

/// The private network that a numeric address lies in, unless `allowed` has it; empty: the address
/// is public, allowed, or none at all.
std::string forbidden_network_of(const std::string& address, const std::vector<network>& allowed);

} // namespace neurocards::http
