#pragma once

#include "actors/disk_runner.hpp"
#include "clients/openai.hpp"
#include "domain/models.hpp"
#include "protocol/actors.hpp"
#include "protocol/config.hpp"

#include <optional>

namespace neurocards {

/// What `prompt_writer` works with.
struct prompt_writer_config {
  std::optional<openai::api> api;   // absent: templates only
  std::vector<std::string> writers; // OpenAI's models, in order of preference
  std::string reasoning_effort;     // empty: as the model does by itself
  object_store_actor photos;        // absent: scripts are written without seeing the photo
  disk_runner disk;                 // with `photos`
  std::chrono::milliseconds timeout{30'000};
  int concurrency = 50;
  models::catalogue models; // the clip's length and its speech depend on it
  config::voices speech = config::voices::listed;
};

} // namespace neurocards
