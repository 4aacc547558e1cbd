#pragma once

#include <string>
#include <string_view>

/// Files built into the program: what simulated users send, and the video that is served where
/// ffmpeg is absent or not wanted. Made with ffmpeg from a drawn mug.
namespace neurocards::sandbox {

const std::string& sample_jpeg();
const std::string& sample_portrait(); // a JPEG of 9:16
const std::string& sample_png();
const std::string& sample_webp();
const std::string& sample_video();

/// "jpeg" (or "photo"), "portrait", "png", "webp", "mp4" (or "video"), "text", "huge"; empty for
/// other names.
std::string sample(std::string_view name);

} // namespace neurocards::sandbox
