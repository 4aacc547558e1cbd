#include "domain/provider.hpp"

#include "domain/markup.hpp"
#include "domain/provider_words.hpp"
#include "domain/word_match.hpp"

#include <algorithm>
#include <array>

namespace neurocards::provider {

namespace {

using words::topic;

constexpr size_t raw_bytes = 500;

const char* name_of(call x) {
  constexpr std::array names = {"createTask", "recordInfo", "upload",
                                "download",   "credit",     "task failed"};
  return names[static_cast<size_t>(x)];
}

} // namespace

std::string raw_signal(const signal& x) {
  std::string text = x.fail_code;
  for (const std::string& part : {x.fail_msg, x.message})
    if (!part.empty())
      text += (text.empty() ? "" : " | ") + part;
  text = markup::clean(text);
  size_t end = std::min(text.size(), raw_bytes);
  while (end > 0 && end < text.size() && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80)
    --end; // not within a character
  text.resize(end);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string describe(const signal& x, const verdict& told) {
  std::string text = name_of(x.from);
  if (x.from == call::task) // the envelope says nothing
    return told.recognised.empty() ? text : text + ": " + told.recognised;
  switch (x.outcome) {
    case http::outcome::answered:
      text += ": HTTP " + std::to_string(x.status);
      break;
    case http::outcome::not_sent:
      text += ": no connection";
      break;
    case http::outcome::interrupted:
      text += ": no answer";
      break;
    case http::outcome::too_large:
      text += ": answer too large";
      break;
    case http::outcome::forbidden_address:
      text += ": address not allowed";
      break;
    case http::outcome::local_fault:
      text += ": fault on our side";
      break;
    case http::outcome::not_started:
      text += ": waited on our side";
      break;
  }
  if (x.json && x.code != 0)
    text += ", code " + std::to_string(x.code);
  const bool may_echo = x.from == call::create_task;
  const std::string said = !may_echo                              ? raw_signal(x)
                           : x.outcome == http::outcome::answered ? told.rule
                                                                  : "";
  return said.empty() ? text : text + ": " + said;
}

violation violation_of(const std::string& raw) {
  switch (words::refusal_of(raw)) {
    case topic::language:
      return violation::language;
    case topic::real_people:
      return violation::people;
    case topic::third_party:
      return violation::third_party;
    case topic::adult:
      return violation::adult;
    case topic::violence:
      return violation::violence;
    case topic::unfit_image:
      return violation::image;
    default:
      break;
  }
  const words::prepared said{raw};
  for (const auto* word : {"unsafe image", "invalid image", "fetch the image", "input image",
                           "file type not supported"})
    if (said.mentions(word))
      return violation::image;
  return violation::unspecific;
}

} // namespace neurocards::provider
