#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace neurocards {

/// 128 bits as of RFC 4122. The zero value means "none".
struct uuid {
  std::array<uint8_t, 16> bytes{};

  friend auto operator<=>(const uuid&, const uuid&) = default;

  /// True for the zero value.
  bool empty() const { return *this == uuid{}; }

  /// A fresh version-4 value from the operating system's random source.
  static uuid random();

  /// Reads the 36-character form in either case; nullopt for anything else.
  static std::optional<uuid> parse(std::string_view text);
};

/// The lower-case 36-character form.
std::string to_string(const uuid& x);

template <class Inspector>
bool inspect(Inspector& f, uuid& x) {
  return f.apply(x.bytes);
}

} // namespace neurocards

template <>
struct std::hash<neurocards::uuid> {
  size_t operator()(const neurocards::uuid& x) const noexcept {
    uint64_t half = 0;
    std::memcpy(&half, x.bytes.data(), sizeof half); // random bits: any eight of them hash well
    return static_cast<size_t>(half);
  }
};
