#include "node/cli/words.hpp"

#include "base/uuid.hpp"
#include "node/config/value.hpp"

#include <charconv>

namespace neurocards::verbs {

std::string job_word(const invocation& in) {
  if (!uuid::parse(in.words[0]))
    throw wrong_usage{config::quote(in.words[0])
                      + " is no job; a job's ID has the form 01234567-89ab-cdef-0123-456789abcdef"};
  return in.words[0];
}

int64_t number_word(const invocation& in, size_t index, const std::string& meaning) {
  const auto& word = in.words[index];
  int64_t result = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), result);
  if (error != std::errc{} || end != word.data() + word.size())
    throw wrong_usage{config::quote(word) + " is no " + meaning + "; write digits only"};
  return result;
}

std::string user_word(const invocation& in) {
  return std::to_string(number_word(in, 0, "user; a user's ID is Telegram's number"));
}

} // namespace neurocards::verbs
