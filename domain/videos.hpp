#pragma once

#include <cstddef>
#include <string_view>

/// Whether some bytes are a video, whatever type and name they came with.
namespace neurocards::videos {

/// How many leading bytes `is_video` reads.
constexpr size_t prefix_bytes = 12;

/// By the leading bytes of a file: an MP4 (ISO 14496-12) begins with the box `ftyp`, whose brand is
/// none of those of pictures or sound, a QuickTime film may begin with another box, and WebM with
/// EBML's mark. Error pages and damage do not.
bool is_video(std::string_view prefix);

} // namespace neurocards::videos
