#include "domain/operators_chat.hpp"

#include "domain/flow_step.hpp"
#include "domain/json.hpp"
#include "domain/texts.hpp"

#include <algorithm>
#include <array>

namespace neurocards::operators {

using texts::key;
using texts::number;
using texts::say;
using texts::user_text;

namespace {

constexpr size_t subject_units = 60;
constexpr size_t most_lines = 20; // of one kind

/// Collects the lines of one answer.
class report {
public:
  explicit report(language lang) : lang_(lang), text_(say(lang, key::operators_status)) {}

  void line(key label, std::initializer_list<texts::arg> args = {}) {
    text_ += "\n" + say(lang_, label, args);
  }

  /// A line for each member of the list `name` for which `flag` is set.
  void lines(key label, const json::object& from, std::string_view list, std::string_view flag,
             std::string_view name) {
    size_t told = 0;
    for (const auto& x : from.objects(list))
      if (x.flag(flag) && ++told <= most_lines)
        line(label, {user_text("subject", x.text(name), subject_units)});
  }

  std::string text() && { return std::move(text_); }

private:
  language lang_;
  std::string text_;
};

void tell_nodes(report& to, const json::object& state) {
  const auto nodes = state.objects("nodes");
  const auto is = [](std::string_view word) {
    return [word](const json::object& x) { return x.text("state") == word; };
  };
  const auto alive = std::ranges::count_if(nodes, is("alive"));
  const auto silent = std::ranges::count_if(nodes, is("silent"));
  to.line(key::operators_status_nodes,
          {number("count", static_cast<int64_t>(alive)),
           number("of", static_cast<int64_t>(alive) + static_cast<int64_t>(silent))});
  for (const auto& x : nodes)
    if (x.text("state") == "silent")
      to.line(key::operators_status_silent, {user_text("subject", x.text("name"), subject_units)});
}

void tell_work(report& to, const json::object& state) {
  if (const auto queue = state.child("queue")) {
    to.line(key::operators_status_queue,
            {number("count", queue->number("queued")), number("of", queue->number("processing"))});
    if (const auto minutes = queue->number("oldest_queued_seconds") / 60; minutes > 0)
      to.line(key::operators_status_oldest, {number("minutes", minutes)});
  }
  if (const auto hour = state.child("last_hour"))
    to.line(key::operators_status_hour,
            {number("count", hour->number("completed")), number("of", hour->number("failed"))});
  if (const auto outbox = state.child("outbox"); outbox && outbox->number("unsent") > 0)
    to.line(key::operators_status_outbox, {number("count", outbox->number("unsent"))});
}

void tell_faults(report& to, const json::object& state) {
  for (const auto& x : state.objects("providers"))
    if (x.flag("down"))
      to.line(key::operators_status_down, {user_text("subject", x.text("name"), subject_units),
                                           number("minutes", x.number("down_seconds") / 60)});
  to.lines(key::operators_status_key, state, "keys", "resting", "fingerprint");
  to.lines(key::operators_status_model, state, "models", "resting", "model");
  if (const auto paused = state.child("paused")) {
    if (paused->child("queue"))
      to.line(key::operators_status_paused, {user_text("subject", "queue", subject_units)});
    constexpr std::array<std::pair<const char*, const char*>, 3> lists{
      {{"keys", "fingerprint"}, {"models", "model"}, {"nodes", "name"}}};
    for (const auto& [list, name] : lists)
      for (const auto& x : paused->objects(list))
        to.line(key::operators_status_paused, {user_text("subject", x.text(name), subject_units)});
  }
  if (const auto promises = state.child("promises"))
    to.line(promises->number("broken") > 0 ? key::operators_status_broken
                                           : key::operators_status_kept,
            {number("count", promises->number("broken"))});
}

} // namespace

question question_in(const telegram::incoming& in, const config::operators& known) {
  const auto* message = std::get_if<telegram::message>(&in.content);
  if (!message || message->edited
      || std::ranges::find(known.chats, in.chat.value) == known.chats.end())
    return question::none;
  const auto command = flow::command_in(message->text);
  if (message->content == telegram::content_kind::text)
    return command == "/status" ? question::status : question::none;
  const bool asks = message->content == telegram::content_kind::video
                    || (message->content == telegram::content_kind::photo && command == "/id");
  return asks && message->file ? question::file : question::none;
}

std::string status_text(language lang, const std::string& snapshot) {
  report result{lang};
  if (const auto state = json::parse_object(snapshot)) {
    tell_nodes(result, *state);
    tell_work(result, *state);
    tell_faults(result, *state);
  }
  return std::move(result).text();
}

} // namespace neurocards::operators
