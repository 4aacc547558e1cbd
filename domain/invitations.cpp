#include "domain/invitations.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace neurocards::invitations {

namespace {

constexpr int base = 36;
constexpr std::string_view mark = "ref_";

} // namespace

bool are_possible(const config::referral& promised, std::string_view bot_username) {
  return (promised.inviter > 0 || promised.invited > 0) && !bot_username.empty();
}

std::string link(std::string_view bot_username, user_id inviter) {
  std::array<char, 16> code{};
  const auto end = std::to_chars(code.data(), code.data() + code.size(), inviter.value, base).ptr;
  std::string result{"https://t.me/"};
  result.append(bot_username).append("?start=").append(mark).append(code.data(), end);
  return result;
}

std::optional<user_id> inviter_in(std::string_view start_command) {
  const auto space = start_command.find(' ');
  if (space == std::string_view::npos)
    return std::nullopt;
  auto word = start_command.substr(space + 1);
  if (!word.starts_with(mark))
    return std::nullopt;
  word.remove_prefix(mark.size());
  int64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, number, base);
  if (read.ec != std::errc{} || read.ptr != end || number <= 0)
    return std::nullopt;
  return user_id{number};
}

} // namespace neurocards::invitations
