#pragma once

#include "domain/video_container.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

/// The boxes that an MP4 or MOV file is made of; used by domain/video_container.cpp.
namespace neurocards::videos {

/// One box; from where its content begins to where it ends.
struct box {
  std::string type;
  int64_t begin = 0;
  int64_t end = 0;
};

/// Big-endian numbers within some bytes; 0 behind their end.
class fields {
public:
  explicit fields(std::string bytes) : bytes_(std::move(bytes)) {}

  size_t size() const { return bytes_.size(); }
  uint64_t number(size_t offset, size_t width) const {
    if (offset + width > bytes_.size())
      return 0;
    uint64_t result = 0;
    for (size_t i = 0; i < width; ++i)
      result = result << 8 | static_cast<uint8_t>(bytes_[offset + i]);
    return result;
  }
  uint32_t u8(size_t offset) const { return static_cast<uint32_t>(number(offset, 1)); }
  uint32_t u16(size_t offset) const { return static_cast<uint32_t>(number(offset, 2)); }
  uint32_t u32(size_t offset) const { return static_cast<uint32_t>(number(offset, 4)); }
  uint64_t u64(size_t offset) const { return number(offset, 8); }
  std::string_view text(size_t offset, size_t bytes) const {
    return offset > bytes_.size() ? std::string_view{}
                                  : std::string_view{bytes_}.substr(offset, bytes);
  }

private:
  std::string bytes_;
};

/// Walks through boxes, a bounded number of them in all.
class boxes {
public:
  explicit boxes(const reader& read) : read_(read) {}

  /// Calls `f` for each box within `outer`. Ends at the first that cannot be one; one that is cut
  /// off ends where `outer` does.
  template <class F>
  void each(const box& outer, F f) {
    for (int64_t offset = outer.begin; offset < outer.end;) {
      const auto found = header(offset, outer.end);
      if (!found)
        return;
      f(*found);
      offset = found->end;
    }
  }

  std::string content(const box& x, size_t most) {
    const auto bytes = static_cast<size_t>(std::clamp<int64_t>(x.end - x.begin, 0, 64 << 20));
    return read_(x.begin, std::min(bytes, most));
  }

private:
  std::optional<box> header(int64_t offset, int64_t end) {
    constexpr int64_t short_header = 8;
    constexpr int64_t long_header = 16;
    if (++seen_ > most_boxes || end - offset < short_header)
      return std::nullopt;
    const fields f{read_(offset, long_header)};
    uint64_t size = f.u32(0);
    int64_t head = short_header;
    if (size == 1) {
      size = f.u64(8);
      head = long_header;
    }
    if (size == 0) // to the end of the file
      size = static_cast<uint64_t>(end - offset);
    if (f.size() < short_header || size < static_cast<uint64_t>(head))
      return std::nullopt;
    size = std::min(size, static_cast<uint64_t>(end - offset));
    return box{std::string{f.text(4, 4)}, std::min(offset + head, end),
               offset + static_cast<int64_t>(size)};
  }

  static constexpr int most_boxes = 50'000;

  const reader& read_;
  int seen_ = 0;
};

} // namespace neurocards::videos
