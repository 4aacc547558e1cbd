#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// Who wrote the prompt of a job (`jobs.prompt_source`).
enum class prompt_source : uint8_t { openai, built_in_template, user };

namespace detail {

constexpr word_table<prompt_source, 3> prompt_sources{
  {{prompt_source::openai, "openai"},
   {prompt_source::built_in_template, "template"},
   {prompt_source::user, "user"}}};

} // namespace detail

/// The word that stands in rows and metrics.
constexpr std::string_view to_string(prompt_source x) {
  return word_of(detail::prompt_sources, x);
}

} // namespace neurocards
