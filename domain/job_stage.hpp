#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace neurocards {

/// Where an order is between the queue and the user's chat. `render` lasts until KIE is seen to
/// have the video, `download` until we keep it, `commit` until the database knows.
enum class job_stage : uint8_t { wait, prompt, photo, create, render, download, commit, deliver };

constexpr std::array<std::string_view, 8> job_stage_names{
  "wait", "prompt", "photo", "create", "render", "download", "commit", "deliver"};

} // namespace neurocards
