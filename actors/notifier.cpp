#include "actors/notifier.hpp"

#include "actors/notifier_message.hpp"
#include "actors/post.hpp"
#include "domain/outbox.hpp"

namespace neurocards {

namespace {

using namespace std::chrono_literals;

constexpr auto look_interval = 2s; // when no hint comes
constexpr int page_size = 500;     // notifications read at once
constexpr size_t most_held = 2000; // notifications in memory; the others wait in their rows

} // namespace

notifier::notifier(notifier_actor::pointer self, outbox_store_actor store, http_agent_actor http,
                   object_store_actor files, const config::notifier& rates, telegram::api api,
                   notifications::notification_config rendering, std::optional<metrics> counters)
  : self_(self), store_(std::move(store)), http_(std::move(http)), files_(std::move(files)),
    api_(std::move(api)), rendering_(std::move(rendering)), metrics_(std::move(counters)),
    pace_(rates.rate, rates.per_chat_rate) {}

notifier_actor::behavior_type notifier::make_behavior() {
  return {
    [this](gained_atom) { gain(); },
    [this](lost_atom) { stop(); },
    [this](wake_atom) { look(); },
    [this](const outbox_hint&) { look(); },
    [this](stats_atom) {
      stats_.in_flight = sending_;
      return stats_;
    },
    [this](drain_atom) { return drain(); },
  };
}

void notifier::gain() {
  if (leading_ || draining_)
    return;
  leading_ = true;
  ++term_;
  tick();
}

void notifier::stop() {
  leading_ = false;
  next_tick_.dispose();
  next_pump_.dispose();
  pace_.clear();
  upload_queue_.clear();
  std::vector<chat_id> idle;
  for (auto& [chat, x] : lines_) {
    if (x.at != phase::sending && x.at != phase::settling) {
      idle.push_back(chat);
      continue;
    }
    held_ -= x.notifications.size() - 1;
    x.notifications.resize(1);
  }
  for (const auto chat : idle)
    forget(chat);
}

caf::result<void> notifier::drain() {
  draining_ = true;
  stop();
  drains_.push_back(self_->make_response_promise<void>());
  auto result = drains_.back();
  drained();
  return result;
}

void notifier::drained() {
  if (!draining_ || !lines_.empty())
    return;
  for (auto& waiting : std::exchange(drains_, {}))
    waiting.deliver();
}

void notifier::tick() {
  look();
  next_tick_ = run_after(self_, look_interval, [this] { tick(); });
}

bool notifier::room() const {
  return held_ + page_size <= most_held;
}

void notifier::look() {
  if (!leading_)
    return;
  if (looking_) {
    look_again_ = true;
    return;
  }
  if (!room()) {
    more_ = true;
    return;
  }
  looking_ = true;
  look_again_ = false;
  store::due_notifications question{.limit = page_size, .busy = {}};
  question.busy.reserve(lines_.size());
  for (auto& [chat, x] : lines_) {
    question.busy.push_back(chat);
    x.more = true;
  }
  self_
    ->request(store_, caf::infinite, std::move(question)) // infinite: the database always answers
    .then([this, term = term_](store::notification_page& page) { on_page(page, term); },
          [this](const caf::error& err) {
            looking_ = false; // the next tick asks again
            auto& repeated = repeated_["look"];
            if (repeated.should_log())
              log::warn("notifier.poll_failed", "error", err, "times", repeated.count());
          });
}

void notifier::on_page(store::notification_page& page, uint64_t term) {
  looking_ = false;
  if (!leading_)
    return;
  if (term != term_) // another leader may have sent these meanwhile
    return look();
  more_ = page.notifications.size() >= page_size;
  stats_.claimed += page.notifications.size();
  std::vector<chat_id> fresh;
  for (auto& x : page.notifications) {
    auto& its = lines_[x.chat];
    if (its.notifications.empty())
      fresh.push_back(x.chat);
    its.more = its.more || !its.notifications.empty(); // a page holds only some of a long queue
    its.notifications.push_back(std::move(x));
    ++held_;
  }
  for (const auto chat : fresh)
    start_first(chat, lines_.at(chat));
  if (look_again_)
    look();
}

void notifier::start_first(chat_id chat, line& x) {
  x.at = phase::preparing;
  x.as = line::form::rendered;
  x.plain = false;
  x.if_linked = false;
  x.where = outbox::parse_place(x.first().place);
  x.facts = x.first().kind == "job_done" ? x.first().facts : video_facts{};
  x.took = {};
  x.ticket = ++last_ticket_;
  x.link_known = false;
  x.link.clear();
  x.content = {};
  x.settle_tries = 0;
  prepare(chat);
}

void notifier::forget(chat_id chat) {
  auto& x = lines_.at(chat);
  end_upload(x);
  held_ -= x.notifications.size();
  const bool look_for_more = x.more;
  lines_.erase(chat);
  if (look_for_more)
    look();
  drained();
}

notifier::line* notifier::find(chat_id chat, uint64_t ticket) {
  const auto found = lines_.find(chat);
  return found == lines_.end() || found->second.ticket != ticket ? nullptr : &found->second;
}

void notifier::pump() {
  if (!leading_)
    return;
  while (!probing_ || sending_ == 0) {
    const auto chat = pace_.take(now());
    if (!chat)
      break;
    send(*chat);
  }
  const bool waits_for_answer = probing_ && sending_ > 0;
  if (const auto next = pace_.next(); next && !waits_for_answer)
    wake_pump_at(*next);
}

/// The wheel is too coarse for an even flow of dozens a second. This is one timer for all chats,
/// and it knows the actor weakly as the wheel does.
void notifier::wake_pump_at(send_pace::time_point when) {
  next_pump_.dispose();
  caf::weak_actor_ptr me{self_->ctrl()};
  next_pump_ =
    self_->clock().schedule(when, caf::make_action([this, me] { post(me, [this] { pump(); }); }));
}

void notifier::send(chat_id chat) {
  auto& x = lines_.at(chat);
  x.at = phase::sending;
  x.sent_at = now();
  ++sending_;
  const telegram::destination to{x.to == chat_id{} ? chat : x.to, x.where};
  std::shared_ptr<const metrics::gauge> call;
  if (metrics_ && !x.file.path().empty())
    call = metrics_->unanswered_call();
  self_
    ->request(
      http_, caf::infinite, // infinite: http_agent always answers
      message_request(api_, to, x.content, {x.file.path(), x.thumbnail.path(), x.facts}, x.plain))
    .then([this, chat, call](
            const http::response& response) { on_answer(chat, telegram::parse_answer(response)); },
          [this, chat](const caf::error& err) { // the agent has died
            telegram::answer none;
            none.envelope.outcome = err == caf::sec::request_receiver_down
                                      ? http::outcome::not_sent
                                      : http::outcome::interrupted;
            on_answer(chat, none);
          });
}

void notifier::count(std::string_view outcome) {
  if (metrics_)
    metrics_->telegram_sends(outcome).inc();
}

} // namespace neurocards
