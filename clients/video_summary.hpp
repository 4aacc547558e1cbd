#pragma once

#include "protocol/video_facts.hpp"

#include <string>

/// What Telegram has to be told of a video, because it does not read the file itself.
namespace neurocards::storage {

struct video_summary {
  video_facts facts;
  bool thumbnail = false; // was made
};

/// Blocking: for a thread that may wait a second. Reads the facts of `file`, and has ffmpeg write a
/// JPEG within 320×320 and 200 kB to `thumbnail` (empty: no preview is wanted). Without ffmpeg, or
/// when that fails, there is none; this is logged once.
video_summary summarize_video(const std::string& file, const std::string& thumbnail);

} // namespace neurocards::storage
