#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// What the words of providers mean, whoever of them says so, under whatever number: one table for
/// KIE, the makers behind it and OpenAI (provider_words.cpp; its corpus: tests/data/words).
namespace neurocards::words {

enum class topic : uint8_t {
  // the content: whoever ordered must change something
  real_people,
  third_party,
  adult,
  violence,
  policy,
  language,
  unfit_image, // size, shape or format
  // the provider's trouble, never the user's
  checker_trouble, // whoever checks content did not answer
  unreachable,     // a file of ours or theirs could not be fetched
  trouble,
  task_unknown,
  rate_limit,
  // what only operators can mend
  model_paused,
  model_unknown,
  key_spent,
  no_money,
  key_refused,
  front_refused,
  region,
  our_request,
};

/// Whether the content displeased.
constexpr bool is_refusal(topic x) {
  return x <= topic::unfit_image;
}

/// Which topics are looked for first.
enum class order : uint8_t {
  as_listed,
  refusals_first, // "not enough credits" may be what a user wrote, the refusal what is around it
};

/// Nullopt: the words are of no known topic. What the provider quotes counts for nothing
/// (domain/word_match).
std::optional<topic> topic_of(std::string_view text, order = order::as_listed);

/// What in the content displeased, once it is known that it did: the most telling topic.
topic refusal_of(std::string_view text);

/// Whether it is the type of a file that displeases: "file type not supported".
bool refuses_type(std::string_view text);

/// What is wrong with a picture, as far as a provider says.
enum class picture_fault : uint8_t { unspecific, too_small, too_large, shape, type };

picture_fault picture_fault_of(std::string_view text);

/// The name of the row, for logs.
const char* name_of(topic);

/// Whether `text` has words of machines (queue, upstream, worker …) though no known sentence.
bool sounds_like_machine(std::string_view text);

} // namespace neurocards::words
