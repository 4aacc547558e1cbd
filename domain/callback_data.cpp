#include "domain/callback_data.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace neurocards::flow {

namespace {

constexpr std::string_view version = "1";
constexpr size_t telegram_limit = 64; // bytes
constexpr size_t compact_size = 22;

/// What follows the name of an action.
enum class tail : uint8_t { nothing, argument, id, id_and_argument };

struct shape {
  action chosen;
  std::string_view name;
  tail follows;
};

constexpr auto shapes = std::to_array<shape>({
  {action::agree, "ok", tail::argument},
  {action::menu, "menu", tail::nothing},
  {action::cabinet, "cab", tail::nothing},
  {action::history, "hist", tail::nothing},
  {action::help, "help", tail::nothing},
  {action::create, "new", tail::nothing},
  {action::shop, "shop", tail::nothing},
  {action::buy_pack, "pack", tail::argument},
  {action::choose_template, "tpl", tail::id_and_argument},
  {action::no_wishes, "nowish", tail::id},
  {action::edit_prompt, "own", tail::id_and_argument},
  {action::choose_count, "n", tail::id_and_argument},
  {action::launch, "run", tail::id},
  {action::resume, "go", tail::id},
  {action::cancel, "drop", tail::id},
  {action::once_more, "more", tail::id},
  {action::send_again, "vid", tail::id},
  {action::take_back, "undo", tail::id},
  {action::history_page, "page", tail::argument},
  {action::invite, "ref", tail::nothing},
  {action::news_on, "news", tail::nothing},
  {action::news_off, "nonews", tail::nothing},
});

bool has_id(tail x) {
  return x == tail::id || x == tail::id_and_argument;
}

bool has_argument(tail x) {
  return x == tail::argument || x == tail::id_and_argument;
}

constexpr std::string_view alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Takes the part before the next colon (or all) off the front.
std::string_view take_part(std::string_view& tail_text) {
  const size_t colon = tail_text.find(':');
  const std::string_view part = tail_text.substr(0, colon);
  tail_text.remove_prefix(colon == std::string_view::npos ? tail_text.size() : colon + 1);
  return part;
}

bool harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
         || c == '_' || c == '-';
}

} // namespace

std::string data_of(action wanted, const uuid& id, std::string_view argument) {
  const auto found =
    std::find_if(shapes.begin(), shapes.end(), [&](const shape& x) { return x.chosen == wanted; });
  std::string out{version};
  out += ':';
  out += found->name;
  if (has_id(found->follows))
    out += ':' + compact(id);
  if (has_argument(found->follows))
    (out += ':') += argument;
  assert(out.size() <= telegram_limit);
  return out;
}

std::optional<pressed> parse_data(std::string_view data) {
  if (data.size() > telegram_limit || data.ends_with(':') || take_part(data) != version)
    return std::nullopt;
  const std::string_view name = take_part(data);
  const auto found =
    std::find_if(shapes.begin(), shapes.end(), [&](const shape& x) { return x.name == name; });
  if (found == shapes.end())
    return std::nullopt;
  pressed result{found->chosen, {}, {}};
  if (has_id(found->follows)) {
    const auto id = parse_compact(take_part(data));
    if (!id)
      return std::nullopt;
    result.id = *id;
  }
  if (has_argument(found->follows))
    result.argument = take_part(data);
  const bool complete = result.argument.empty() != has_argument(found->follows);
  if (!complete || !data.empty()
      || !std::all_of(result.argument.begin(), result.argument.end(), harmless))
    return std::nullopt;
  return result;
}

std::string compact(const uuid& x) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const uint8_t byte : x.bytes) {
    bits = (bits << 8) | byte;
    for (held += 8; held >= 6; held -= 6)
      out += alphabet[(bits >> (held - 6)) & 63];
  }
  out += alphabet[(bits << (6 - held)) & 63]; // 128 = 21·6 + 2
  return out;
}

std::optional<uuid> parse_compact(std::string_view text) {
  if (text.size() != compact_size)
    return std::nullopt;
  uuid result;
  uint32_t bits = 0;
  int held = 0;
  size_t filled = 0;
  for (const char c : text) {
    const size_t value = alphabet.find(c);
    if (value == std::string_view::npos)
      return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    held += 6;
    if (held >= 8 && filled < result.bytes.size()) {
      held -= 8;
      result.bytes[filled++] = static_cast<uint8_t>(bits >> held);
    }
  }
  const bool spare_bits_are_zero = (bits & 15) == 0;
  return spare_bits_are_zero ? std::optional{result} : std::nullopt;
}

} // namespace neurocards::flow
