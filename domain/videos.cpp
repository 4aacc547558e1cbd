#include "domain/videos.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace neurocards::videos {

namespace {

/// Other things that use the same container.
constexpr std::array<std::string_view, 12> no_videos{
  "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis", // pictures
  "M4A ", "M4B ",                                                                 // sound
};

constexpr uint32_t longest_box = 4096; // a brand and its kin: a few dozen bytes in practice

uint32_t big32(std::string_view x) {
  uint32_t result = 0;
  for (size_t i = 0; i < 4; ++i)
    result = result << 8 | static_cast<uint8_t>(x[i]);
  return result;
}

} // namespace

bool is_mp4(std::string_view prefix) {
  if (prefix.size() < prefix_bytes || prefix.substr(4, 4) != "ftyp")
    return false;
  const auto size = big32(prefix);
  return size >= 16 && size <= longest_box && size % 4 == 0
         && std::ranges::find(no_videos, prefix.substr(8, 4)) == no_videos.end();
}

} // namespace neurocards::videos
