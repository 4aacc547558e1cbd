#include "domain/video_container.hpp"

#include "domain/video_boxes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace neurocards::videos {

namespace {

constexpr int64_t largest_side = 16'384;
constexpr double longest_video = 24 * 3600; // seconds
constexpr uint64_t unknown_32 = 0xffff'ffff;

/// A time in units of a box's own.
struct span_of_time {
  uint32_t scale = 0; // units per second
  uint64_t units = 0;

  double seconds() const {
    return scale == 0 || units == unknown_32 || units == UINT64_MAX
             ? 0
             : static_cast<double>(units) / scale;
  }
};

struct track {
  uint32_t id = 0;
  bool picture = false;
  int64_t width = 0;
  int64_t height = 0;
  span_of_time length;
  uint32_t default_duration = 0; // of a sample in a fragment
  uint64_t fragments_end = 0;
};

struct movie {
  span_of_time length;
  uint64_t fragments_length = 0; // as declared
  bool fragmented = false;
  std::vector<track> tracks;

  track* find(uint32_t id) {
    const auto found = std::ranges::find(tracks, id, &track::id);
    return found == tracks.end() ? nullptr : &*found;
  }
};

/// mvhd and mdhd.
span_of_time read_length(boxes& in, const box& x) {
  const fields f{in.content(x, 32)};
  return f.u8(0) == 1 ? span_of_time{f.u32(20), f.u64(24)} : span_of_time{f.u32(12), f.u32(16)};
}

/// Width and height as they are shown: turned, and stretched, by the matrix.
void read_track_header(boxes& in, const box& x, track& out) {
  const fields f{in.content(x, 96)};
  const size_t more = f.u8(0) == 1 ? 12 : 0; // times of 64 bits
  out.id = f.u32(more == 0 ? 12 : 20);
  const auto number = [&](size_t offset) {
    return static_cast<int32_t>(f.u32(offset + more)) / 65536.0;
  };
  const double a = number(40), b = number(44), c = number(52), d = number(56);
  const double width = f.u32(76 + more) / 65536.0, height = f.u32(80 + more) / 65536.0;
  out.width = std::llround(std::abs(a) * width + std::abs(c) * height);
  out.height = std::llround(std::abs(b) * width + std::abs(d) * height);
  if (out.width == 0 || out.height == 0) { // no sensible matrix
    out.width = std::llround(width);
    out.height = std::llround(height);
  }
}

/// The size of the coded picture, for tracks whose header names none.
void read_sample_size(boxes& in, const box& x, track& out) {
  const fields f{in.content(x, 44)};
  if (out.width == 0 || out.height == 0) {
    out.width = f.u16(40);
    out.height = f.u16(42);
  }
}

void read_media(boxes& in, const box& media, track& out) {
  in.each(media, [&](const box& x) {
    if (x.type == "mdhd")
      out.length = read_length(in, x);
    else if (x.type == "hdlr")
      out.picture = fields{in.content(x, 12)}.text(8, 4) == "vide";
    else if (x.type == "minf")
      in.each(x, [&](const box& table) {
        if (table.type == "stbl")
          in.each(table, [&](const box& y) {
            if (y.type == "stsd" && out.picture)
              read_sample_size(in, y, out);
          });
      });
  });
}

void read_track(boxes& in, const box& trak, movie& out) {
  track found;
  in.each(trak, [&](const box& x) {
    if (x.type == "tkhd")
      read_track_header(in, x, found);
    else if (x.type == "mdia")
      read_media(in, x, found);
  });
  out.tracks.push_back(found);
}

void read_fragment_defaults(boxes& in, const box& mvex, movie& out) {
  out.fragmented = true;
  in.each(mvex, [&](const box& x) {
    const fields f{in.content(x, 24)};
    if (x.type == "mehd")
      out.fragments_length = f.u8(0) == 1 ? f.u64(4) : f.u32(4);
    else if (x.type == "trex")
      if (auto* its = out.find(f.u32(4)))
        its->default_duration = f.u32(12);
  });
}

void read_movie(boxes& in, const box& moov, movie& out) {
  in.each(moov, [&](const box& x) {
    if (x.type == "mvhd")
      out.length = read_length(in, x);
    else if (x.type == "trak")
      read_track(in, x, out);
  });
  in.each(moov, [&](const box& x) { // names tracks that may stand behind it
    if (x.type == "mvex")
      read_fragment_defaults(in, x, out);
  });
}

/// trun: how long its samples last together.
uint64_t read_run(boxes& in, const box& x, uint32_t default_duration) {
  const fields head{in.content(x, 16)};
  const uint32_t flags = head.u32(0) & 0xffffff;
  const uint32_t samples = head.u32(4);
  if ((flags & 0x100) == 0)
    return uint64_t{samples} * default_duration;
  size_t step = 0;
  for (const uint32_t flag : {0x100U, 0x200U, 0x400U, 0x800U})
    step += (flags & flag) != 0 ? 4 : 0;
  const size_t first = 8 + ((flags & 0x1) != 0 ? 4 : 0) + ((flags & 0x4) != 0 ? 4 : 0);
  constexpr size_t most_samples = 100'000;
  const fields all{in.content(x, first + step * std::min<size_t>(samples, most_samples))};
  uint64_t sum = 0;
  for (size_t offset = first; offset + step <= all.size(); offset += step)
    sum += all.u32(offset);
  return sum;
}

/// traf
void read_fragment(boxes& in, const box& traf, movie& out) {
  track* its = nullptr;
  uint32_t duration = 0;
  in.each(traf, [&](const box& x) {
    if (x.type == "tfhd") {
      const fields f{in.content(x, 32)};
      const uint32_t flags = f.u32(0);
      its = out.find(f.u32(4));
      const size_t offset = 8 + ((flags & 0x1) != 0 ? 8 : 0) + ((flags & 0x2) != 0 ? 4 : 0);
      duration = (flags & 0x8) != 0 ? f.u32(offset) : its ? its->default_duration : 0;
    } else if (x.type == "tfdt" && its) {
      const fields f{in.content(x, 12)};
      its->fragments_end = f.u8(0) == 1 ? f.u64(4) : f.u32(4);
    } else if (x.type == "trun" && its) {
      its->fragments_end += read_run(in, x, duration);
    }
  });
}

double length_of(const movie& x, const track& picture) {
  if (!x.fragmented)
    return x.length.seconds() > 0 ? x.length.seconds() : picture.length.seconds();
  const double declared = span_of_time{x.length.scale, x.fragments_length}.seconds();
  if (declared > 0)
    return declared;
  const double summed = span_of_time{picture.length.scale, picture.fragments_end}.seconds();
  return std::max(summed, x.length.seconds());
}

} // namespace

video_facts facts_of(const reader& read, int64_t size) {
  boxes in{read};
  movie found;
  in.each({"", 0, size}, [&](const box& x) {
    if (x.type == "moov" && found.tracks.empty())
      read_movie(in, x, found);
    else if (x.type == "moof")
      in.each(x, [&](const box& y) {
        if (y.type == "traf")
          read_fragment(in, y, found);
      });
  });
  const auto picture = std::ranges::find_if(found.tracks, [](const track& x) {
    return x.picture && x.width > 0 && x.height > 0 && x.width <= largest_side
           && x.height <= largest_side;
  });
  if (picture == found.tracks.end())
    return {};
  video_facts result{static_cast<int>(picture->width), static_cast<int>(picture->height), 0};
  if (const double length = length_of(found, *picture); length > 0 && length <= longest_video)
    result.seconds = std::max(1, static_cast<int>(std::lround(length)));
  return result;
}

} // namespace neurocards::videos
