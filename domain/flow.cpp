#include "domain/flow.hpp"

#include "domain/flow_step.hpp"
#include "domain/history_screen.hpp"
#include "domain/old_buttons.hpp"
#include "domain/operators_chat.hpp"
#include "domain/outbox.hpp"
#include "domain/photo_forms.hpp"

#include <algorithm>

namespace neurocards::flow {

using texts::key;
using texts::say;

namespace {

constexpr int cabinet_orders = 3;
constexpr int cabinet_movements = 5;

/// One order more than is shown tells that there is another page.
needs needs_of_history(int page) {
  return {history_orders + 1, page * history_orders, 0, {}};
}

needs needs_of_cabinet() {
  return {.history = cabinet_orders, .ledger = cabinet_movements, .cabinet = true};
}

needs needs_of(const pressed& button) {
  switch (button.chosen) {
    case action::cabinet:
      return needs_of_cabinet();
    case action::invite:
    case action::news_on:
    case action::news_off:
      return {.cabinet = true};
    case action::history:
      return needs_of_history(0);
    case action::history_page:
      return needs_of_history(parse_page(button.argument));
    case action::once_more:
    case action::send_again:
    case action::take_back:
      return {0, 0, 0, job_id{button.id}};
    default:
      return {};
  }
}

bool needs_consent(const store::conversation_view& view, const flow_config& config) {
  return view.terms_version.empty() || view.terms_version != config.terms.version;
}

} // namespace

needs before(const telegram::incoming& in, const flow_config& config) {
  if (operators::question_in(in, config.operators) == operators::question::status)
    return {.cluster = true};
  if (const auto* query = std::get_if<telegram::callback_query>(&in.content)) {
    const auto button = understand_data(query->data);
    return button ? needs_of(*button) : needs{};
  }
  if (const auto* message = std::get_if<telegram::message>(&in.content)) {
    const std::string word = command_in(message->text);
    if (word == "/balance")
      return needs_of_cabinet();
    if (word == "/history")
      return needs_of_history(0);
  }
  return {};
}

std::optional<photo_wish> wanted_photo(const store::conversation_view& view,
                                       const telegram::incoming& in, const flow_config& config) {
  if (view.handled || view.banned || in.where != telegram::chat_kind::private_chat
      || operators::question_in(in, config.operators) != operators::question::none)
    return std::nullopt;
  const session stored = parse_session(view.state, view.data).value;
  std::optional<photo_wish> wish;
  if (const auto* message = std::get_if<telegram::message>(&in.content)) {
    if (!needs_consent(view, config))
      wish = photo_in(stored, *message);
  } else if (const auto* query = std::get_if<telegram::callback_query>(&in.content)) {
    const auto button = understand_data(query->data);
    const bool agrees = button && button->chosen == action::agree
                        && button->argument == config.terms.version && needs_consent(view, config);
    if (agrees && stored.early)
      wish = photo_wish{stored.early->file, stored.early->is_document ? images::origin::document
                                                                      : images::origin::photo};
  }
  if (wish && declared_fault(wish->file, config.photo))
    return std::nullopt;
  return wish;
}

step step_conversation(const store::conversation_view& view, const telegram::incoming& in,
                       const std::optional<photo_result>& photo, const flow_config& config,
                       uuid fresh) {
  return stepper{view, in, photo, config, fresh}.run();
}

std::vector<std::string> faults_of(const config::terms& terms) {
  constexpr size_t longest = 24; // it travels in the data of a button
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
           || c == '_' || c == '-';
  };
  const std::string& version = terms.version;
  if (version.empty() || version.size() > longest
      || !std::all_of(version.begin(), version.end(), allowed))
    return {"terms.version: \"" + version
            + "\" is not allowed; allowed: 1 to 24 of A-Z, a-z, 0-9, '.', '_' and '-'"};
  return {};
}

// ── the step ─────────────────────────────────────────────────────────────────────────────────────

stepper::stepper(const store::conversation_view& view, const telegram::incoming& in,
                 const std::optional<photo_result>& photo, const flow_config& config, uuid fresh)
  : view_(view), in_(in), photo_(photo), config_(config), fresh_(fresh),
    lang_(language_of(in.who.language_code.empty() ? view.language_code : in.who.language_code)),
    credits_(view.credits) {
  stored_session stored = parse_session(view.state, view.data);
  before_ = session_ = std::move(stored.value);
  lost_ = stored.lost;
  if (in_.place_known)
    session_.where = in_.answer_to;
  session_.where.reply_to = 0; // of one message only
}

step stepper::run() {
  out_.commit.update = in_.update;
  out_.commit.chat = in_.chat;
  out_.commit.who = in_.who;
  if (view_.handled)
    return std::move(out_); // the store applies nothing a second time
  if (const auto asked = operators::question_in(in_, config_.operators);
      asked != operators::question::none)
    answer_operators(asked);
  else
    std::visit([this](const auto& content) { apply(content); }, in_.content);
  if (session_.order && session_.order != before_.order)
    session_.order->launched = false; // what was launched is not what it is now
  if (!out_.commit.session
      && (lost_ || session_ != before_ || to_string(state_of(session_)) != view_.state))
    if (in_.where == telegram::chat_kind::private_chat && in_.chat.value != 0)
      out_.commit.session = to_row(session_);
  outbox::put_in_place(out_.commit, in_.place_known ? in_.answer_to : session_.where);
  return std::move(out_);
}

void stepper::apply(const telegram::unknown_update&) {
  // Newer than this program and addressed to nobody: confirmed by being committed.
}

void stepper::apply(const telegram::membership& change) {
  if (in_.where == telegram::chat_kind::private_chat)
    out_.commit.blocked = change.blocked;
}

bool stepper::consented() const {
  return !needs_consent(view_, config_);
}

consent_reason stepper::needed_consent() const {
  return view_.terms_version.empty() ? consent_reason::first_time : consent_reason::terms_changed;
}

reader stepper::to() const {
  return {lang_, credits_, view_, config_};
}

void stepper::reply(const telegram::outgoing& message) {
  out_.commit.notifications.push_back({notification_kind::reply, outbox::to_json(message)});
}

void stepper::reply_and_ask(key paragraph) {
  reply(with_heading(say(lang_, paragraph), question(to(), session_)));
}

void stepper::ask() {
  reply(question(to(), session_));
}

void stepper::begin_anew_for_missing_data() {
  session_.order.reset();
  session_.paused = false;
  session_.asked_for_photo = true;
  lost_ = true; // the stored row differs from what was read of it
  reply(data_missing_screen(to()));
}

std::optional<photo_rejected> declared_fault(const telegram::file_ref& file,
                                             const images::limits& limits) {
  if (file.bytes > limits.max_bytes)
    return photo_rejected{images::fault::too_large, {}, limits, {}};
  return std::nullopt;
}

std::optional<photo_rejected> kept_fault(const storage_key& photo, const flow_config& config) {
  const auto known = photo_forms::as_sent(photo);
  std::optional<photo_rejected> first;
  for (const auto& model : config.models) {
    const auto fault = known ? images::fault_of(*known, model) : std::nullopt;
    if (!fault)
      return std::nullopt;
    if (!first)
      first = photo_rejected{*fault, *known, model, {}};
  }
  return first;
}

} // namespace neurocards::flow
