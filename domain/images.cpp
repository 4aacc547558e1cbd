#include "domain/images.hpp"

#include <algorithm>
#include <array>

namespace neurocards::images {

namespace {

using bytes = std::string_view;

uint32_t at(bytes x, size_t i) {
  return static_cast<uint8_t>(x[i]);
}

uint32_t big16(bytes x, size_t i) {
  return at(x, i) << 8 | at(x, i + 1);
}

uint32_t big32(bytes x, size_t i) {
  return big16(x, i) << 16 | big16(x, i + 2);
}

uint32_t little24(bytes x, size_t i) {
  return at(x, i) | at(x, i + 1) << 8 | at(x, i + 2) << 16;
}

bool has(bytes x, size_t offset, bytes what) {
  return x.size() >= offset + what.size() && x.substr(offset, what.size()) == what;
}

description make(format kind, uint32_t width, uint32_t height) {
  constexpr uint32_t sane = 1'000'000; // a larger number is damage, not a picture
  if (width == 0 || height == 0 || width > sane || height > sane)
    return {kind, 0, 0};
  return {kind, static_cast<int>(width), static_cast<int>(height)};
}

// ── PNG: signature, then the chunk IHDR ──────────────────────────────────────────────────────────

description read_png(bytes x) {
  if (x.size() < 24 || !has(x, 12, "IHDR"))
    return {format::png, 0, 0};
  return make(format::png, big32(x, 16), big32(x, 20));
}

// ── WebP: RIFF container, first chunk VP8X, "VP8 " or VP8L ───────────────────────────────────────

description read_webp(bytes x) {
  if (x.size() >= 30 && has(x, 12, "VP8X"))
    return make(format::webp, little24(x, 24) + 1, little24(x, 27) + 1);
  if (x.size() >= 30 && has(x, 12, "VP8 ") && has(x, 23, bytes{"\x9D\x01\x2A", 3}))
    return make(format::webp, (at(x, 26) | at(x, 27) << 8) & 0x3FFF,
                (at(x, 28) | at(x, 29) << 8) & 0x3FFF);
  if (x.size() >= 25 && has(x, 12, "VP8L") && at(x, 20) == 0x2F) {
    const uint32_t bits = little24(x, 21) | at(x, 24) << 24;
    return make(format::webp, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
  }
  return {format::webp, 0, 0};
}

// ── JPEG: segments up to the first frame header ──────────────────────────────────────────────────

bool is_frame_header(uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool has_no_length(uint32_t marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

description read_jpeg(bytes x) {
  size_t i = 2;
  while (i + 4 <= x.size()) {
    if (at(x, i) != 0xFF)
      break; // not between two segments: damaged
    const uint32_t marker = at(x, i + 1);
    if (marker == 0xFF) { // fill byte
      ++i;
      continue;
    }
    if (has_no_length(marker)) {
      i += 2;
      continue;
    }
    const uint32_t length = big16(x, i + 2);
    if (marker == 0xD9 || marker == 0xDA || length < 2)
      break; // image data, or its end, before any frame header
    if (is_frame_header(marker))
      return i + 9 <= x.size() ? make(format::jpeg, big16(x, i + 7), big16(x, i + 5))
                               : description{format::jpeg, 0, 0};
    i += 2 + length;
  }
  return {format::jpeg, 0, 0};
}

std::optional<fault> fault_of_size(const description& what, const limits& allowed) {
  const int longer = std::max(what.width, what.height);
  const int shorter = std::min(what.width, what.height);
  if (shorter < allowed.min_side)
    return fault::too_small;
  if (longer > allowed.max_side)
    return fault::too_big;
  if (longer > int64_t{shorter} * allowed.max_ratio)
    return fault::too_narrow;
  return std::nullopt;
}

} // namespace

std::string mime_type(format x) {
  constexpr std::array names = {"image/jpeg", "image/png", "image/webp"};
  return names[static_cast<size_t>(x)];
}

std::string file_extension(format x) {
  constexpr std::array names = {".jpg", ".png", ".webp"};
  return names[static_cast<size_t>(x)];
}

std::string to_string(fault x) {
  constexpr std::array names = {"empty",     "too_large", "not_an_image", "broken",
                                "too_small", "too_big",   "too_narrow"};
  return names[static_cast<size_t>(x)];
}

std::optional<description> sniff(std::string_view prefix) {
  if (has(prefix, 0, bytes{"\xFF\xD8\xFF", 3}))
    return read_jpeg(prefix);
  if (has(prefix, 0, bytes{"\x89PNG\r\n\x1A\n", 8}))
    return read_png(prefix);
  if (has(prefix, 0, "RIFF") && has(prefix, 8, "WEBP"))
    return read_webp(prefix);
  return std::nullopt;
}

verdict judge(std::string_view prefix, int64_t file_bytes, origin from, const limits& allowed) {
  if (file_bytes <= 0 || prefix.empty())
    return {fault::empty, {}};
  if (file_bytes > allowed.max_bytes)
    return {fault::too_large, {}};
  const auto found = sniff(prefix);
  if (!found)
    return {fault::not_an_image, {}};
  const bool whole_file = static_cast<int64_t>(prefix.size()) >= file_bytes;
  if (found->width == 0) {
    // Telegram made this photo itself, or the size lies behind what we were given: let the service
    // judge.
    const bool benefit_of_doubt = from == origin::photo || !whole_file;
    return benefit_of_doubt ? verdict{std::nullopt, *found} : verdict{fault::broken, {}};
  }
  if (const auto why = fault_of_size(*found, allowed))
    return {why, {}};
  return {std::nullopt, *found};
}

} // namespace neurocards::images
