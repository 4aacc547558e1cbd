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

/// Of QuickTime files that name no brand, in a first position.
constexpr std::array<std::string_view, 5> first_boxes{"moov", "mdat", "wide", "free", "skip"};

constexpr uint32_t longest_box = 4096; // a brand and its kin: a few dozen bytes in practice

uint32_t big32(std::string_view x) {
  uint32_t result = 0;
  for (size_t i = 0; i < 4; ++i)
    result = result << 8 | static_cast<uint8_t>(x[i]);
  return result;
}

} // namespace

bool is_video(std::string_view prefix) {
  if (prefix.size() < prefix_bytes)
    return false;
  if (prefix.starts_with("\x1A\x45\xDF\xA3")) // WebM, Matroska
    return true;
  const auto box = prefix.substr(4, 4);
  if (std::ranges::find(first_boxes, box) != first_boxes.end())
    return prefix.front() == '\0'; // a size below 16 MB, or 1: it follows; text has none
  if (box != "ftyp")
    return false;
  const auto size = big32(prefix);
  return size >= 16 && size <= longest_box && size % 4 == 0
         && std::ranges::find(no_videos, prefix.substr(8, 4)) == no_videos.end();
}

} // namespace neurocards::videos
