#include "domain/images.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace neurocards::images {

namespace {

using bytes = std::string_view;

uint32_t byte_of(bytes x, size_t i) {
  return static_cast<uint8_t>(x[i]);
}

uint32_t big16(bytes x, size_t i) {
  return byte_of(x, i) << 8 | byte_of(x, i + 1);
}

uint32_t big32(bytes x, size_t i) {
  return big16(x, i) << 16 | big16(x, i + 2);
}

uint32_t little24(bytes x, size_t i) {
  return byte_of(x, i) | byte_of(x, i + 1) << 8 | byte_of(x, i + 2) << 16;
}

bool has(bytes x, size_t offset, bytes expected) {
  return x.size() >= offset + expected.size() && x.substr(offset, expected.size()) == expected;
}

constexpr uint32_t sane_side = 1'000'000; // a larger number is damage, not a picture

description unknown_size(format kind) {
  return {kind, 0, 0, false};
}

description make(format kind, uint32_t width, uint32_t height, bool animated = false) {
  if (width == 0 || height == 0 || width > sane_side || height > sane_side)
    return unknown_size(kind);
  return {kind, static_cast<int>(width), static_cast<int>(height), animated};
}

// ── PNG: signature, then the chunk IHDR ──────────────────────────────────────────────────────────

description read_png(bytes x) {
  if (x.size() < 24 || !has(x, 12, "IHDR"))
    return unknown_size(format::png);
  return make(format::png, big32(x, 16), big32(x, 20));
}

// ── WebP: RIFF container, first chunk VP8X, "VP8 " or VP8L ───────────────────────────────────────

description read_webp(bytes x) {
  if (x.size() >= 30 && has(x, 12, "VP8X"))
    return make(format::webp, little24(x, 24) + 1, little24(x, 27) + 1, (byte_of(x, 20) & 2) != 0);
  if (x.size() >= 30 && has(x, 12, "VP8 ") && has(x, 23, bytes{"\x9D\x01\x2A", 3}))
    return make(format::webp, (byte_of(x, 26) | byte_of(x, 27) << 8) & 0x3FFF,
                (byte_of(x, 28) | byte_of(x, 29) << 8) & 0x3FFF);
  if (x.size() >= 25 && has(x, 12, "VP8L") && byte_of(x, 20) == 0x2F) {
    const uint32_t bits = little24(x, 21) | byte_of(x, 24) << 24;
    return make(format::webp, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
  }
  return unknown_size(format::webp);
}

// ── JPEG: segments up to the first frame header ──────────────────────────────────────────────────

bool is_frame_header(uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool has_no_length(uint32_t marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

/// EXIF's orientation of an APP1 segment's content; 1: upright, and what is not told.
uint32_t orientation_in(bytes segment) {
  if (!has(segment, 0, bytes{"Exif\0\0", 6}) || segment.size() < 14)
    return 1;
  const bytes tiff = segment.substr(6);
  const bool big = has(tiff, 0, "MM");
  if (!big && !has(tiff, 0, "II"))
    return 1;
  const auto two = [&](size_t i) -> uint32_t {
    return big ? big16(tiff, i) : byte_of(tiff, i) | byte_of(tiff, i + 1) << 8;
  };
  const auto four = [&](size_t i) -> size_t {
    return big ? big32(tiff, i) : two(i) | two(i + 2) << 16;
  };
  const size_t directory = four(4);
  if (directory > tiff.size() || tiff.size() - directory < 2)
    return 1;
  size_t entry = directory + 2;
  for (uint32_t left = two(directory); left > 0 && entry + 12 <= tiff.size(); --left, entry += 12)
    if (two(entry) == 0x0112)
      return two(entry + 8);
  return 1;
}

description turned(description x, uint32_t orientation) {
  if (orientation >= 5 && orientation <= 8)
    std::swap(x.width, x.height);
  return x;
}

description read_jpeg(bytes x) {
  constexpr uint32_t app1 = 0xE1;
  uint32_t orientation = 1;
  size_t i = 2;
  while (i + 4 <= x.size()) {
    if (byte_of(x, i) != 0xFF)
      break; // not between two segments: damaged
    const uint32_t marker = byte_of(x, i + 1);
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
      return i + 9 <= x.size()
               ? turned(make(format::jpeg, big16(x, i + 7), big16(x, i + 5)), orientation)
               : unknown_size(format::jpeg);
    if (marker == app1 && orientation == 1)
      orientation = orientation_in(x.substr(i + 4, length - 2));
    i += 2 + length;
  }
  return unknown_size(format::jpeg);
}

// ── HEIC: an ISO container whose brand says that it holds pictures ───────────────────────────────

bool is_heic(bytes x) {
  if (!has(x, 4, "ftyp"))
    return false;
  for (const auto brand : {"heic", "heix", "heim", "heis", "mif1", "avif"})
    if (has(x, 8, brand))
      return true;
  return false;
}

std::optional<fault> fault_of_size(const description& found, const limits& allowed) {
  const int longer = std::max(found.width, found.height);
  const int shorter = std::min(found.width, found.height);
  if (shorter < allowed.min_side)
    return fault::too_small;
  if (longer > allowed.max_side)
    return fault::too_big;
  if (longer > shorter * allowed.max_ratio)
    return fault::too_narrow;
  return std::nullopt;
}

} // namespace

std::string mime_type(format x) {
  constexpr std::array names = {"image/jpeg", "image/png", "image/webp", "image/heic"};
  return names[static_cast<size_t>(x)];
}

std::string file_extension(format x) {
  constexpr std::array names = {".jpg", ".png", ".webp", ".heic"};
  return names[static_cast<size_t>(x)];
}

std::string name_of(format x) {
  constexpr std::array names = {"JPEG", "PNG", "WebP", "HEIC"};
  return names[static_cast<size_t>(x)];
}

bool limits::takes(format x) const {
  return x == format::jpeg ? jpeg : x == format::png ? png : x == format::webp ? webp : heic;
}

std::string to_string(fault x) {
  constexpr std::array names = {"empty",        "too_large", "not_an_image", "broken",    "moving",
                                "wrong_format", "too_small", "too_big",      "too_narrow"};
  return names[static_cast<size_t>(x)];
}

std::optional<description> sniff(std::string_view prefix) {
  if (has(prefix, 0, bytes{"\xFF\xD8\xFF", 3}))
    return read_jpeg(prefix);
  if (has(prefix, 0, bytes{"\x89PNG\r\n\x1A\n", 8}))
    return read_png(prefix);
  if (has(prefix, 0, "RIFF") && has(prefix, 8, "WEBP"))
    return read_webp(prefix);
  if (is_heic(prefix))
    return unknown_size(format::heic);
  return std::nullopt;
}

std::optional<fault> fault_of(const description& x, const limits& allowed) {
  if (x.animated)
    return fault::moving;
  if (!allowed.takes(x.kind))
    return fault::wrong_format;
  return x.width == 0 ? std::nullopt : fault_of_size(x, allowed);
}

verdict check(std::string_view prefix, int64_t file_bytes, origin from, const limits& allowed) {
  if (file_bytes <= 0 || prefix.empty())
    return {fault::empty, {}, allowed};
  if (file_bytes > allowed.max_bytes)
    return {fault::too_large, {}, allowed};
  const auto found = sniff(prefix);
  if (!found)
    return {fault::not_an_image, {}, allowed};
  const bool whole_file = static_cast<int64_t>(prefix.size()) >= file_bytes;
  // Where the size is not found: Telegram made this photo itself, or the size lies behind what we
  // were given. Then the service decides.
  const bool size_is_read = found->kind != format::heic;
  if (found->width == 0 && size_is_read && from == origin::document && whole_file)
    return {fault::broken, *found, allowed};
  return {fault_of(*found, allowed), *found, allowed};
}

verdict check(std::string_view prefix, int64_t file_bytes, origin from,
              std::span<const limits> models) {
  verdict first = check(prefix, file_bytes, from, models.empty() ? limits{} : models.front());
  for (const auto& model : models) {
    if (first.accepted())
      break;
    if (auto other = check(prefix, file_bytes, from, model); other.accepted())
      first = std::move(other);
  }
  return first;
}

description prepared(const description& x) {
  const int longer = std::max(x.width, x.height);
  const double scale = longer > longest_side ? static_cast<double>(longest_side) / longer : 1;
  const auto shrunk = [scale](int side) {
    return std::max(1, static_cast<int>(std::lround(side * scale)));
  };
  return {format::jpeg, shrunk(x.width), shrunk(x.height), x.animated};
}

bool is_wide(const description& x) {
  const auto [width, height] = vertical_frame;
  // Its share of the frame is its height there, and width : frame's width is the scale.
  return int64_t{2} * x.height * width < int64_t{height} * x.width;
}

verdict check_prepared(const description& found, const description& made,
                       std::span<const limits> models) {
  const limits any{};
  const auto& first = models.empty() ? any : models.front();
  auto reason = fault_of(made, first);
  for (const auto& model : models)
    if (!fault_of(made, model))
      return {std::nullopt, made, model};
  if (!reason)
    return {std::nullopt, made, first};
  // Long and thin, and only by shrinking too small.
  if (reason == fault::too_small && std::min(found.width, found.height) >= first.min_side)
    reason = fault::too_narrow;
  limits needs = sendable;
  needs.min_side = first.min_side;
  needs.max_ratio = first.max_ratio;
  return {reason, found, needs};
}

storage_key key_for(std::string_view id, const description& x) {
  std::string result = "photos/" + std::string{id};
  if (x.width > 0)
    result += "-" + std::to_string(x.width) + "x" + std::to_string(x.height);
  return storage_key{result + file_extension(x.kind)};
}

std::optional<description> described_by(const storage_key& key) {
  const std::string_view name = key.value;
  const auto dash = name.rfind('-');
  const auto dot = name.rfind('.');
  if (!name.starts_with("photos/") || dot == std::string_view::npos
      || dash == std::string_view::npos || dash > dot)
    return std::nullopt;
  const auto sides = name.substr(dash + 1, dot - dash - 1);
  uint32_t width = 0;
  uint32_t height = 0;
  const char* const end = sides.data() + sides.size();
  const auto first = std::from_chars(sides.data(), end, width);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != 'x')
    return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, height);
  if (second.ec != std::errc{} || second.ptr != end)
    return std::nullopt;
  for (const auto kind : {format::jpeg, format::png, format::webp})
    if (name.substr(dot) == file_extension(kind))
      if (auto result = make(kind, width, height); result.width > 0)
        return result;
  return std::nullopt;
}

} // namespace neurocards::images
