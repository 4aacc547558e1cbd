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

static int64_t number_in(const std::string& word, const std::string& meaning) {
  int64_t result = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), result);
  if (error != std::errc{} || end != word.data() + word.size())
    throw wrong_usage{config::quote(word) + " is no " + meaning + "; write digits only"};
  return result;
}

static constexpr const char* user_meaning = "user; a user's ID is Telegram's number";

int64_t number_word(const invocation& in, size_t index, const std::string& meaning) {
  return number_in(in.words[index], meaning);
}

std::string user_word(const invocation& in) {
  return std::to_string(number_word(in, 0, user_meaning));
}

std::optional<std::string> user_option(const invocation& in) {
  const auto given = in.values.find("--user");
  if (given == in.values.end())
    return std::nullopt;
  return std::to_string(number_in(given->second, user_meaning));
}

} // namespace neurocards::verbs
