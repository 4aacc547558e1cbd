#include "clients/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

namespace neurocards::http {

namespace {

struct range {
  uint32_t network;
  int bits;
};

constexpr uint32_t ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA's registry of special-purpose addresses, those not globally reachable.
constexpr std::array<range, 15> private_ranges{{
  {ip(0, 0, 0, 0), 8},
  {ip(10, 0, 0, 0), 8},
  {ip(100, 64, 0, 0), 10},
  {ip(127, 0, 0, 0), 8},
  {ip(169, 254, 0, 0), 16},
  {ip(172, 16, 0, 0), 12},
  {ip(192, 0, 0, 0), 24},
  {ip(192, 0, 2, 0), 24},
  {ip(192, 88, 99, 0), 24},
  {ip(192, 168, 0, 0), 16},
  {ip(198, 18, 0, 0), 15},
  {ip(198, 51, 100, 0), 24},
  {ip(203, 0, 113, 0), 24},
  {ip(224, 0, 0, 0), 4},
  {ip(240, 0, 0, 0), 4},
}};

bool is_private_v4(uint32_t address) {
  return std::any_of(private_ranges.begin(), private_ranges.end(), [address](const range& x) {
    return ((address ^ x.network) >> (32 - x.bits)) == 0;
  });
}

using bytes16 = std::array<uint8_t, 16>;

uint32_t v4_from(const bytes16& a, size_t i) {
  return ip(a[i], a[i + 1], a[i + 2], a[i + 3]);
}

template <size_t N>
bool starts_with(const bytes16& a, const std::array<uint8_t, N>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), a.begin());
}

bool is_private_v6(const bytes16& a) {
  constexpr std::array<uint8_t, 12> zero{};
  constexpr std::array<uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<uint8_t, 12> nat64{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  constexpr std::array<uint8_t, 2> sixtofour{0x20, 0x02};
  if (starts_with(a, zero) || starts_with(a, mapped) || starts_with(a, nat64))
    return is_private_v4(v4_from(a, 12)); // "::" and "::1" fall into 0.0.0.0/8
  if (starts_with(a, sixtofour))
    return is_private_v4(v4_from(a, 2));
  return (a[0] & 0xe0) != 0x20 // only 2000::/3 is global unicast
         || starts_with(a, std::array<uint8_t, 4>{0x20, 0x01, 0x0d, 0xb8}) // documentation
         || starts_with(a, std::array<uint8_t, 4>{0x20, 0x01, 0, 0});      // Teredo tunnels
}

/// In ::ffff:0:0/96.
bytes16 mapped(uint32_t v4) {
  bytes16 result{};
  result[10] = result[11] = 0xff;
  for (size_t i = 0; i < 4; ++i)
    result[12 + i] = static_cast<uint8_t>(v4 >> (24 - 8 * i));
  return result;
}

/// In the form of IPv6; nullopt: another family.
std::optional<bytes16> bytes_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return mapped(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family != AF_INET6)
    return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  bytes16 result{};
  std::memcpy(result.data(), &v6.sin6_addr, result.size());
  return result;
}

} // namespace

bool is_private(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return is_private_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    bytes16 a{};
    std::memcpy(a.data(), &v6.sin6_addr, a.size());
    return is_private_v6(a);
  }
  return true;
}

std::string to_text(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto bytes = bytes_of(address);
  if (!bytes)
    return {};
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, bytes->data() + 12, text.data(), text.size());
  else
    inet_ntop(AF_INET6, bytes->data(), text.data(), text.size());
  return text.data();
}

std::string private_network_of(const sockaddr* address) {
  const auto bytes = bytes_of(address);
  if (!bytes)
    return {};
  const uint32_t v4 = v4_from(*bytes, 12);
  if (address->sa_family == AF_INET)
    for (const auto& x : private_ranges)
      if (((v4 ^ x.network) >> (32 - x.bits)) == 0) {
        sockaddr_in network{};
        network.sin_family = AF_INET;
        network.sin_addr.s_addr = htonl(x.network);
        return to_text(reinterpret_cast<const sockaddr*>(&network)) + "/" + std::to_string(x.bits);
      }
  if (address->sa_family == AF_INET6 && ((*bytes)[0] & 0xfe) == 0xfc)
    return "fc00::/7";
  return to_text(address) + (address->sa_family == AF_INET ? "/32" : "/128");
}

std::string private_network_of(const std::string& address) {
  const auto network_of = [](const sockaddr* x) {
    return is_private(x) ? private_network_of(x) : std::string{};
  };
  sockaddr_in four{};
  four.sin_family = AF_INET;
  if (inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1)
    return network_of(reinterpret_cast<const sockaddr*>(&four));
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), &six.sin6_addr) == 1)
    return network_of(reinterpret_cast<const sockaddr*>(&six));
  return {};
}

} // namespace neurocards::http
