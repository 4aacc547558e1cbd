#include "domain/flow_step.hpp"
#include "domain/history_screen.hpp"
#include "domain/markup.hpp"
#include "domain/outbox.hpp"

/// What users do with their orders afterwards, and what they may not do too often.
namespace neurocards::flow {

using texts::key;
using texts::number;
using texts::say;

void stepper::show_history(int page) {
  reply(history_screen(to(), page));
}

/// The video itself is the answer.
void stepper::send_again(job_id job) {
  if (!view_.job || !view_.job->has_video)
    return reply(plain(to(), say(lang_, key::send_again_gone)));
  out_.effects.back().text = say(lang_, key::alert_sending_again);
  out_.commit.resent = job;
}

/// Whether it is too late is decided where the job is locked; then the refund brings the answer.
void stepper::take_back(job_id job) {
  const auto finished = view_.job ? std::optional{view_.job->status} : std::nullopt;
  if (finished)
    return reply(
      plain(to(), say(lang_, *finished == job_status::completed ? key::take_back_made
                                                                : key::take_back_failed)));
  const auto too_late = plain(to(), say(lang_, key::take_back_too_late));
  out_.commit.cancelled =
    store::cancellation{job, {{notification_kind::reply, outbox::to_json(too_late)}}};
}

telegram::outgoing too_many_screen(const reader& to, const draft& order) {
  telegram::outgoing screen =
    plain(to, say(to.lang, key::too_many, {number("limit", to.config.limits.unfinished_jobs)}));
  screen.buttons.insert(screen.buttons.begin(),
                        {{say(to.lang, key::button_launch, {number("count", order.count)}),
                          data_of(action::launch, order.id.value),
                          {},
                          false}});
  return screen;
}

std::chrono::seconds waited_for_us(const telegram::incoming& in,
                                   std::chrono::system_clock::time_point now) {
  const auto* said = std::get_if<telegram::message>(&in.content);
  if (!said || said->date <= 0)
    return {};
  const auto waited = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch())
                      - std::chrono::seconds{said->date};
  return waited > std::chrono::minutes{1} ? waited : std::chrono::seconds{};
}

step refuse_message(const store::conversation_view& view, const telegram::incoming& in,
                    const flow_config& config, surplus known) {
  step refused;
  refused.commit.update = in.update;
  refused.commit.chat = in.chat;
  refused.commit.who = in.who;
  const language lang =
    language_of(in.who.language_code.empty() ? view.language_code : in.who.language_code);
  if (const auto* query = std::get_if<telegram::callback_query>(&in.content))
    refused.effects.push_back({query->id, say(lang, key::alert_too_fast), false});
  if (known == surplus::first) {
    const reader to{lang, view.credits, view, config};
    refused.commit.notifications.push_back(
      {notification_kind::reply, outbox::to_json(plain(to, say(lang, key::too_fast)))});
    outbox::put_in_place(refused.commit, in.answer_to);
  }
  return refused;
}

} // namespace neurocards::flow
