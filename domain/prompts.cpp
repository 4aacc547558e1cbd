#include "domain/prompts.hpp"

#include "domain/language.hpp"
#include "domain/markup.hpp"
#include "domain/templates.hpp"

#include <algorithm>
#include <array>

namespace neurocards::prompts {

namespace {

constexpr size_t product_units = 1'500; // of the user's words that go to OpenAI
constexpr size_t wishes_units = 800;
constexpr size_t echoed_units = 300;    // of the user's words within a built-in prompt
constexpr size_t narration_units = 300; // below a video, whose caption has room for 1,024
constexpr std::string_view narration_mark = "NARRATION:";
constexpr std::string_view emphasis = " \t*_#"; // with which models set words off
constexpr size_t prompt_units = 10'000;         // no model takes more
constexpr size_t fewest_units = 12;             // a prompt is a sentence
constexpr size_t fewest_units_when_cut = 80;

struct value {
  std::string_view name;
  std::string text;
};

std::string fill(std::string_view pattern, const std::vector<value>& values) {
  std::string out;
  while (true) {
    const size_t open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos)
      return out;
    const size_t close = pattern.find('}', open);
    const std::string_view name = pattern.substr(open + 1, close - open - 1);
    for (const value& x : values)
      if (x.name == name)
        out += x.text;
    pattern.remove_prefix(close + 1);
  }
}

/// Words that nobody needs to be told are data, within a length.
std::string bounded_words(std::string_view text, size_t limit) {
  const std::string cleaned = markup::clean(text);
  return markup::cut_at_sentence(markup::trimmed(cleaned), limit);
}

/// The user's words as data: one line, no control characters, nothing that could end the quotation
/// or the tag around it.
std::string as_data(std::string_view text, size_t limit) {
  std::string words = markup::clean(text);
  for (char& c : words) {
    if (c == '\n')
      c = ' ';
    else if (c == '"')
      c = '\'';
    else if (c == '<')
      c = '(';
    else if (c == '>')
      c = ')';
  }
  return bounded_words(words, limit);
}

const prompt_template& template_of(const claimed_job& job) {
  const prompt_template* found = find_template(job.template_type);
  return found ? *found : *find_template(order_template::ad); // an own script without a word
}

/// Where the heroes of an order begin: the same for its videos, another for other photos. FNV-1a.
size_t first_variant(const claimed_job& job) {
  uint32_t hash = 2166136261U;
  for (const char c : job.photo.value)
    hash = (hash ^ static_cast<uint8_t>(c)) * 16777619U;
  return hash;
}

std::vector<value> values_for(const claimed_job& job, const film& wanted) {
  const prompt_template& t = template_of(job);
  const size_t base = first_variant(job);
  const auto index = static_cast<size_t>(std::max(0, job.video_index));
  const int clip = std::max(4, wanted.seconds);
  const value speech{"speech", language_of(job.language) == language::en ? "English" : "Russian"};
  const voice& heard = wanted.spoken ? t.spoken : t.silent;
  return {
    {"seconds", std::to_string(clip)},
    {"hook", std::to_string(std::max(1, clip / 5))},
    {"turn", std::to_string(clip - std::max(1, clip / 4))},
    {"hero", std::string{t.heroes[(base + index) % variants]}},
    {"setting", std::string{t.settings[(base / variants + index) % variants]}},
    {"voice", fill(heard.system, {speech})},
    {"rule", fill(heard.rule, {speech})},
    {"telling", fill(heard.telling, {speech})},
    {"answer", fill(wanted.spoken ? answer_alone : answer_and_narration, {speech})},
  };
}

/// The first `bytes` of `text` in lower case (ASCII), typographic apostrophes as plain ones.
std::string lower_start(std::string_view text, size_t bytes) {
  constexpr std::string_view curly = "’";
  text = text.substr(0, bytes);
  std::string start;
  while (!text.empty()) {
    const bool apostrophe = text.starts_with(curly);
    const char c = text.front();
    start.push_back(apostrophe             ? '\''
                    : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a')
                                           : c);
    text.remove_prefix(apostrophe ? curly.size() : 1);
  }
  return start;
}

/// Models decline in plain text too. Only the beginning counts: a hero may well say "I can't
/// believe it" later on.
bool declines(std::string_view text) {
  constexpr std::array openings = {
    std::string_view{"i'm sorry"},    std::string_view{"i am sorry"},
    std::string_view{"sorry,"},       std::string_view{"sorry but"},
    std::string_view{"i can't"},      std::string_view{"i cannot"},
    std::string_view{"i can not"},    std::string_view{"i'm unable"},
    std::string_view{"i am unable"},  std::string_view{"i won't"},
    std::string_view{"i'm not able"}, std::string_view{"unfortunately"},
    std::string_view{"as an ai"},     std::string_view{"i apologize"},
    std::string_view{"i apologise"},  std::string_view{"Извините"},
    std::string_view{"К сожалению"},  std::string_view{"Я не могу"},
    std::string_view{"Простите"},     std::string_view{"I must decline"},
  };
  constexpr std::array phrases = {
    std::string_view{"as an ai language model"}, std::string_view{"can't assist with"},
    std::string_view{"cannot assist with"},      std::string_view{"can't help with that"},
    std::string_view{"cannot help with that"},   std::string_view{"against my guidelines"},
  };
  const std::string start = lower_start(text, 300);
  return std::any_of(
           openings.begin(), openings.end(),
           [&](std::string_view x) { return start.starts_with(lower_start(x, x.size())); })
         || std::any_of(phrases.begin(), phrases.end(),
                        [&](std::string_view x) { return start.find(x) != std::string::npos; });
}

/// Without the fence some models put around everything.
std::string_view without_fence(std::string_view text) {
  text = markup::trimmed(text);
  if (!text.starts_with("```") || !text.ends_with("```") || text.size() < 6)
    return text;
  text.remove_suffix(3);
  const size_t line_end = text.find('\n');
  text.remove_prefix(line_end == std::string_view::npos ? 3 : line_end);
  return markup::trimmed(text);
}

/// Up to the last end of a sentence; empty: there is none.
std::string_view whole_sentences(std::string_view text) {
  const size_t end = text.find_last_of(".!?");
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

bool only_emphasis(std::string_view text) {
  return text.find_first_not_of(emphasis) == std::string_view::npos;
}

} // namespace

bool needs_script(order_template chosen) {
  return chosen != order_template::self;
}

messages script_messages(const claimed_job& job, const film& wanted) {
  std::vector<value> values = values_for(job, wanted);
  messages out;
  out.system = fill(template_of(job).system, values);
  values.push_back({"product", as_data(job.product_text, product_units)});
  values.push_back(
    {"wishes", job.extra_wishes.empty() ? "none" : as_data(job.extra_wishes, wishes_units)});
  out.user = fill("<product>{product}</product>\n<wishes>{wishes}</wishes>\n"
                  "<hero>{hero}</hero>\n<setting>{setting}</setting>\n"
                  "Use this hero and this setting unless the wishes ask for others.",
                  values);
  return out;
}

std::string fallback_prompt(const claimed_job& job, const film& wanted) {
  if (!needs_script(job.template_type)) {
    std::string own = bounded_words(job.user_prompt, prompt_units);
    if (!own.empty())
      return own;
  }
  const prompt_template& t = template_of(job);
  std::vector<value> values = values_for(job, wanted);
  values.push_back({"product", as_data(job.product_text, echoed_units)});
  values.push_back({"wishes", as_data(job.extra_wishes, echoed_units)});
  std::string out = fill(t.fallback, values);
  if (!job.extra_wishes.empty())
    out += fill(t.wishes, values);
  return out;
}

std::string fallback_narration(const claimed_job& job, const film& wanted) {
  if (wanted.spoken || !needs_script(job.template_type))
    return {};
  return bounded_words(job.product_text, narration_units);
}

narrated split_narration(std::string_view answer) {
  const size_t mark = answer.rfind(narration_mark);
  if (mark == std::string_view::npos)
    return {std::string{answer}, {}};
  const size_t line = answer.substr(0, mark).rfind('\n') + 1; // npos + 1: the first
  if (!only_emphasis(answer.substr(line, mark - line)))
    return {std::string{answer}, {}};
  std::string_view said = answer.substr(mark + narration_mark.size());
  said.remove_prefix(std::min(said.find_first_not_of(emphasis), said.size()));
  if (const size_t fence = said.find("```"); fence != std::string_view::npos)
    said = said.substr(0, fence);
  std::string script{answer.substr(0, line)};
  if (markup::trimmed(script).starts_with("```"))
    script += "```"; // it stood around both
  return {std::move(script), bounded_words(said, narration_units)};
}

std::optional<std::string> plausible_prompt(const completion& answer) {
  const bool cut = answer.finish_reason == "length";
  const bool whole = answer.finish_reason == "stop" || answer.finish_reason.empty();
  if (!answer.refusal.empty() || !(whole || cut))
    return std::nullopt;
  const std::string cleaned = markup::clean(answer.content);
  std::string_view text = without_fence(cleaned);
  if (cut)
    text = whole_sentences(text);
  const bool a_sentence = text.find(' ') != std::string_view::npos;
  if (markup::length(text) < (cut ? fewest_units_when_cut : fewest_units) || !a_sentence
      || declines(text))
    return std::nullopt;
  return markup::cut_at_sentence(text, prompt_units);
}

} // namespace neurocards::prompts
