#pragma once

#include <cstdint>
#include <string_view>

namespace neurocards {

/// Who wrote the prompt of a job (`jobs.prompt_source`).
enum class prompt_source : uint8_t { openai, built_in_template, user };

/// The word that stands in rows and metrics.
constexpr std::string_view to_string(prompt_source x) {
  switch (x) {
    case prompt_source::openai:
      return "openai";
    case prompt_source::built_in_template:
      return "template";
    case prompt_source::user:
      return "user";
  }
  return "";
}

} // namespace neurocards
