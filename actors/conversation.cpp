#include "actors/conversation.hpp"

#include "actors/backoff.hpp"
#include "actors/conversation_spawner.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"
#include "domain/apology.hpp"
#include "domain/time_ordered.hpp"

#include <exception>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int max_refusals = 3;

/// An exception out of a handler is a bug; the gateway decides what becomes of the update.
caf::error on_exception(chat_id chat, const std::exception_ptr& thrown) {
  std::string reason = "not a std::exception";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& x) {
    reason = x.what();
  } catch (...) {
    // already said
  }
  log::error("conversation.threw", "chat", chat, "error", reason);
  return caf::make_error(caf::sec::runtime_error, reason);
}

const std::string& album_of(const telegram::incoming& update) {
  static const std::string none;
  const auto* message = std::get_if<telegram::message>(&update.content);
  return message ? message->media_group : none;
}

void log_if_unsettled(user_id user, const store::purchase& paid) {
  if (paid.credits == 0)
    log::error("conversation.payment_not_understood", "user", user, "charge", paid.charge_id,
               "currency", paid.currency, "amount", paid.amount, "advice",
               "settle it: neurocards users grant");
}

} // namespace

conversation::conversation(conversation_actor::pointer self,
                           changing<conversation_context> contexts, chat_id chat,
                           telegram_gateway_actor gateway)
  : self_(self), contexts_(std::move(contexts)), context_(contexts_.now()), chat_(chat),
    gateway_(std::move(gateway)), messages_(context_->flow.limits.messages_per_minute, 1min),
    late_messages_(context_->flow.limits.messages_per_minute, 1min),
    photos_(context_->flow.limits.photos_per_hour, 1h), last_active_(self->clock().now()) {}

conversation_actor::behavior_type conversation::make_behavior() {
  self_->set_exception_handler(
    [chat = chat_](const std::exception_ptr& thrown) { return on_exception(chat, thrown); });
  return {
    [this](routed_update& routed) { return accept(routed.update); },
    [this](drain_atom) { return drain(); },
  };
}

caf::result<void> conversation::accept(telegram::incoming& update) {
  if (draining_)
    return caf::make_error(ec::shutting_down, "conversation", to_string(chat_));
  auto added = std::make_unique<work>();
  added->update = std::move(update);
  added->handled = self_->make_response_promise<void>();
  auto promise = added->handled;
  put_in_line(std::move(added));
  if (now_ && !now_->committing && older_waits())
    suspend();
  if (!now_)
    start_next();
  return promise;
}

void conversation::put_in_line(std::unique_ptr<work> x) {
  auto position = waiting_.end(); // nearly always: most come in order
  while (position != waiting_.begin() && (*std::prev(position))->update.update > x->update.update)
    --position;
  waiting_.insert(position, std::move(x));
}

bool conversation::older_waits() const {
  return !waiting_.empty() && waiting_.front()->update.update < now_->update.update;
}

/// The update in hand waits for older ones: its step would be refused as decided too early. A photo
/// that is on its way keeps coming.
void conversation::suspend() {
  now_->awaits_photo = false;
  put_in_line(std::move(now_));
}

void conversation::start_next() {
  last_active_ = self_->clock().now();
  if (waiting_.empty()) {
    if (!idle_timer_)
      wait_idle(context_->idle_timeout);
    return;
  }
  ++turn_;
  now_ = std::move(waiting_.front());
  waiting_.pop_front();
  follow_settings();
  attempt();
}

/// An update is handled by the settings of the moment in which it was taken in hand.
void conversation::follow_settings() {
  context_ = contexts_.now();
  const auto& limits = context_->flow.limits;
  messages_.limit(limits.messages_per_minute);
  late_messages_.limit(limits.messages_per_minute);
  photos_.limit(limits.photos_per_hour);
}

void conversation::attempt() {
  if (draining_)
    return end();
  if (older_waits()) {
    suspend();
    return start_next();
  }
  switch (now_->next) {
    case plan::step:
      return load();
    case plan::apology:
      return commit(flow::apology(now_->update));
    case plan::nothing_but_handled:
      return commit(flow::nothing_but_handled(now_->update));
  }
}

void conversation::load() {
  const auto& update = now_->update;
  const auto needs = flow::before(update, context_->flow);
  store::load_conversation question;
  question.update = update.update;
  question.chat = update.chat;
  question.user = update.who.user;
  question.history = needs.history;
  question.skipped = needs.skipped;
  question.ledger = needs.ledger;
  question.job = needs.job;
  question.cabinet = needs.cabinet;
  question.cluster = needs.cluster;
  self_->request(context_->store, caf::infinite, std::move(question))
    .then(in_turn<store::conversation_view>([this](auto& view) { on_view(view); }),
          in_turn<const caf::error>([this](auto& reason) { on_fault(reason); }));
}

void conversation::on_view(store::conversation_view& view) {
  if (view.handled) {
    if (!now_->commit_unknown)
      return finish("repeated");
    say(now_->effects); // our own commit had acted, only its answer was lost
    return finish("applied");
  }
  now_->view = std::move(view);
  if (refuse_if_too_many())
    return;
  auto wish = flow::wanted_photo(now_->view, now_->update, context_->flow);
  if (wish && !now_->photo)
    return fetch(std::move(*wish));
  take_step(wish.has_value());
}

/// What a user sends too fast changes nothing. What Telegram sends for him, a payment say, always
/// counts.
bool conversation::refuse_if_too_many() {
  const auto& update = now_->update;
  const bool from_himself = std::holds_alternative<telegram::message>(update.content)
                            || std::holds_alternative<telegram::callback_query>(update.content);
  if (!from_himself || update.where != telegram::chat_kind::private_chat)
    return false;
  if (!now_->counted) {
    // What waited for us, as after an outage, counts in the minute in which it was sent.
    const auto waited = flow::waited_for_us(update, std::chrono::system_clock::now());
    auto& allowed = waited > 0s ? late_messages_ : messages_;
    now_->counted = allowed.ask(self_->clock().now() - waited);
  }
  if (*now_->counted == allowance::verdict::granted)
    return false;
  auto refused = flow::refuse_message(now_->view, update, context_->flow,
                                      *now_->counted == allowance::verdict::first_refused
                                        ? flow::surplus::first
                                        : flow::surplus::further);
  now_->effects = std::move(refused.effects);
  commit(std::move(refused.commit));
  return true;
}

void conversation::fetch(flow::photo_wish wish) {
  now_->awaits_photo = true;
  if (now_->fetch)
    return; // on its way since before this update had to wait for an older one
  if (const auto asked = photos_.ask(self_->clock().now()); asked != allowance::verdict::granted)
    return on_photo(now_->update.update,
                    flow::photo_over_limit{asked == allowance::verdict::refused});
  now_->fetch = std::make_shared<photo_fetch>(
    self_, context_, std::move(wish),
    [this, id = now_->update.update](auto result) { on_photo(id, std::move(result)); });
  now_->fetch->start();
}

void conversation::on_photo(update_id id, flow::photo_result result) {
  if (now_ && now_->update.update == id) {
    now_->photo = std::move(result);
    if (std::exchange(now_->awaits_photo, false))
      take_step(true);
    return;
  }
  for (auto& waiting : waiting_) {
    if (waiting->update.update == id) {
      waiting->photo = std::move(result);
      return;
    }
  }
}

void conversation::take_step(bool with_photo) {
  auto& update = now_->update;
  if (auto* message = std::get_if<telegram::message>(&update.content))
    message->album_continues = !message->media_group.empty()
                               && std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& x) {
                                    return album_of(x->update) == message->media_group;
                                  });
  auto step = flow::step_conversation(
    now_->view, update, with_photo ? now_->photo : std::nullopt, context_->flow,
    time_ordered(uuid::random(), std::chrono::system_clock::now()));
  now_->effects = std::move(step.effects);
  step.commit.session_version = now_->view.version;
  if (step.commit.bought && now_->stale == 0)
    log_if_unsettled(update.who.user, *step.commit.bought);
  commit(std::move(step.commit));
}

void conversation::commit(store::commit_step request) {
  now_->committing = true;
  self_->request(context_->store, caf::infinite, std::move(request))
    .then([this](const store::step_outcome& outcome) { on_committed(outcome); },
          [this](const caf::error& reason) {
            if (reason != ec::rejected)
              now_->commit_unknown = true;
            on_fault(reason);
          });
}

void conversation::on_committed(const store::step_outcome& outcome) {
  now_->committing = false;
  if (outcome.stale)
    return on_stale();
  const bool ours = outcome.applied || now_->commit_unknown;
  if (ours)
    say(now_->effects);
  if (now_->next != plan::step)
    finish("failed");
  else
    finish(ours ? "applied" : "repeated");
}

/// Another gateway was faster, and its step may change what this one does; or it is not done yet
/// with an older update of this chat, which has to come first; or that one has come here meanwhile.
void conversation::on_stale() {
  if (++now_->stale == 1 || draining_ || older_waits())
    return attempt();
  retry(backoff(now_->stale - 1, 100ms, 2s));
}

void conversation::on_fault(const caf::error& reason) {
  now_->committing = false;
  if (draining_)
    return end();
  if (reason == ec::rejected)
    return on_refused(reason);
  ++now_->failures;
  if (worth_a_line(now_->failures))
    log::warn("conversation.waited", "update", now_->update.update, "chat", chat_, "failures",
              now_->failures, "error", reason);
  retry(backoff(now_->failures, 200ms, 30s));
}

/// The database will not have this step. Two more tries with a fresh view of the session, then a
/// smaller commit, then none: the update stays in the inbox for a person.
void conversation::on_refused(const caf::error& reason) {
  log::error("conversation.step_refused", "update", now_->update.update, "chat", chat_, "refusals",
             now_->refusals + 1, "error", reason);
  if (++now_->refusals < max_refusals)
    return retry(backoff(now_->refusals, 1s, 5s));
  if (now_->next == plan::nothing_but_handled || flow::moves_money(now_->update)) {
    now_->handled.deliver(caf::error{reason});
    return finish("failed");
  }
  now_->next = now_->next == plan::step ? plan::apology : plan::nothing_but_handled;
  now_->effects.clear();
  now_->refusals = max_refusals - 1; // the lesser plans are tried once each
  attempt();
}

void conversation::retry(caf::timespan wait) {
  run_after(self_, wait, [this, turn = turn_] {
    if (turn == turn_)
      attempt();
  });
}

void conversation::say(const std::vector<flow::answer_callback>& answers) {
  for (const auto& answer : answers) {
    auto request = context_->api.answer_callback_query(answer.id, answer.text, answer.alert);
    self_->request(context_->http, caf::infinite, std::move(request))
      .then(
        [chat = chat_](const http::response& x) {
          const auto reply = telegram::parse_answer(x).envelope;
          if (!reply.ok && !telegram::harmless(reply))
            log::warn("conversation.callback_not_answered", "chat", chat, "status", reply.status,
                      "error", reply.description);
        },
        [chat = chat_](const caf::error& reason) {
          log::warn("conversation.callback_not_answered", "chat", chat, "error", reason);
        });
  }
}

void conversation::finish(const char* outcome) {
  context_->counts.updates(outcome).inc();
  if (now_->handled.pending())
    now_->handled.deliver();
  now_.reset();
  if (draining_)
    return end();
  start_next();
}

/// What has not been committed comes again from the inbox, here or on another node. Only a commit
/// on its way is waited for.
caf::result<void> conversation::drain() {
  draining_ = true;
  drained_ = self_->make_response_promise<void>();
  auto promise = drained_;
  if (!now_ || !now_->committing)
    end();
  return promise;
}

void conversation::end() {
  const auto not_now = caf::make_error(ec::shutting_down, "conversation", to_string(chat_));
  if (now_)
    now_->handled.deliver(caf::error{not_now});
  for (auto& left : waiting_)
    left->handled.deliver(caf::error{not_now});
  drained_.deliver();
  self_->quit();
}

/// One entry on the wheel at a time, armed again for what is left of the time-out.
void conversation::wait_idle(caf::timespan delay) {
  idle_timer_ = true;
  run_after(self_, delay, [this] { on_idle_timer(); });
}

void conversation::on_idle_timer() {
  idle_timer_ = false;
  if (now_)
    return; // armed again when it is done
  follow_settings();
  const auto idle = self_->clock().now() - last_active_;
  if (idle < context_->idle_timeout)
    return wait_idle(context_->idle_timeout - idle);
  if (photos_.matters(self_->clock().now()))
    return wait_idle(context_->idle_timeout); // its end would give all of them back
  self_->send(gateway_, conversation_idle{chat_});
  wait_idle(context_->idle_timeout); // should an update have crossed the message
}

std::string conversation::describe() const {
  return "{\"updates_waiting\":" + std::to_string(waiting_.size())
         + ",\"update_in_hand\":" + (now_ ? "true" : "false") + "}";
}

conversation_spawner spawner_of(changing<conversation_context> contexts) {
  return [contexts = std::move(contexts)](telegram_gateway_actor::pointer gateway, chat_id chat) {
    return gateway->spawn<conversation_impl>(contexts, chat, telegram_gateway_actor{gateway});
  };
}

} // namespace neurocards
