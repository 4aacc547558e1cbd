#pragma once

#include "protocol/video_facts.hpp"

#include <cstdint>
#include <functional>
#include <string>

/// What an MP4 or MOV file says of its picture (ISO 14496-12 and QuickTime).
namespace neurocards::videos {

/// At most `bytes` of the file from `offset`; fewer where it ends.
using reader = std::function<std::string(int64_t offset, size_t bytes)>;

/// Reads headers only, wherever in the file they stand, and a bounded number of them. Damage costs
/// what is behind it. Fragmented files count: their length is the sum of their fragments.
video_facts facts_of(const reader&, int64_t size);

} // namespace neurocards::videos
