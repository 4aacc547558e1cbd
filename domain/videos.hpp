#pragma once

#include <cstddef>
#include <string_view>

/// Whether some bytes are a video that Telegram plays.
namespace neurocards::videos {

/// How many leading bytes `is_mp4` looks at.
constexpr size_t prefix_bytes = 12;

/// By the leading bytes of a file: an MP4 (ISO 14496-12) begins with the box `ftyp`, whose brand is
/// none of those of pictures or sound. Error pages, other containers and damage do not.
bool is_mp4(std::string_view prefix);

} // namespace neurocards::videos
