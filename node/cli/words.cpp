#include "node/cli/words.hpp"

#include "base/uuid.hpp"
#include "node/config/value.hpp"

#include <algorithm>
#include <charconv>

namespace neurocards::verbs {

static const std::string& job_in(const std::string& word) {
  if (!uuid::parse(word))
    throw wrong_usage{config::quote(word)
                      + " is no job; a job's ID has the form 01234567-89ab-cdef-0123-456789abcdef"};
  return word;
}

std::string job_word(const invocation& in) {
  return job_in(in.words[0]);
}

std::vector<std::string> job_words(const invocation& in) {
  std::vector<std::string> result;
  for (const auto& word : in.words)
    if (std::ranges::find(result, job_in(word)) == result.end())
      result.push_back(word);
  return result;
}

std::optional<std::string> job_option(const invocation& in, const std::string& name) {
  const auto given = in.values.find(name);
  if (given == in.values.end())
    return std::nullopt;
  return job_in(given->second);
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

std::optional<int64_t> number_option(const invocation& in, const std::string& name, int64_t least,
                                     int64_t most) {
  const auto given = in.values.find(name);
  if (given == in.values.end())
    return std::nullopt;
  const auto result = number_in(given->second, "number");
  if (result < least || result > most)
    throw wrong_usage{name + ": " + given->second + " is not allowed; allowed: "
                      + std::to_string(least) + " to " + std::to_string(most)};
  return result;
}

} // namespace neurocards::verbs
