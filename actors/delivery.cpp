#include "actors/delivery.hpp"

#include "base/jitter.hpp"
#include "domain/markup.hpp"
#include "domain/outbox.hpp"

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using telegram::send_result;

constexpr auto longest_life = 24h; // of a notification that Telegram refuses for the time being
constexpr int least_tries = 20;    // before it ends: we, not Telegram, may have been away for a day
constexpr milliseconds shortest_flood = 1s;
constexpr size_t longest_reason = 300; // UTF-16 units

std::string describe(const telegram::reply& reply) {
  if (reply.outcome != http::outcome::answered)
    return to_string(reply.outcome);
  const auto code = reply.json ? reply.error_code : reply.status;
  return markup::cut(markup::clean(std::to_string(code) + " " + reply.description), longest_reason);
}

bool expired(const store::notification& x) {
  return x.tries >= least_tries && x.age > longest_life;
}

} // namespace

delivery::delivery(notifier_context& context, send_window& window, upload_slots& slots,
                   notifications::notification notification, chat_id address,
                   std::function<void(ending)> ended)
  : context_(context), window_(window), notification_(std::move(notification)), address_(address),
    ended_(std::move(ended)), photo_(notifications::photo_of(notification_)),
    video_(std::make_shared<video_source>(
      context, slots, photo_.value.empty() ? video_source::kind::video : video_source::kind::photo,
      photo_.value.empty() ? notifications::video_of(notification_) : photo_,
      row().kind == notification_kind::job_done ? row().facts : video_facts{},
      [this](video_source::outcome got) { on_video(got); })),
    place_(outbox::parse_place(row().place)) {}

// ── from the row to something that can be sent ───────────────────────────────────────────────────

void delivery::prepare() {
  phase_ = phase::preparing;
  const bool as_link = form_ != form::rendered;
  const auto& link = video_->link();
  const bool wants_link =
    photo_.value.empty()
    && (as_link || notifications::wants_link(notification_, *context_.rendering.now()));
  if (wants_link && !link)
    return video_->ask_link();
  if (form_ == form::link_or_later && link->empty())
    return postpone_for_own_backoff("not taken as a video, and there is no link");
  const auto address = link.value_or("");
  if (as_link)
    content_ = notifications::render_as_link(notification_, *context_.rendering.now(), address);
  else
    content_ = notifications::render(notification_, *context_.rendering.now(), address);
  if (const auto* fault = std::get_if<notifications::unsendable>(&content_))
    return drop(fault->reason, false);
  const bool from_file = std::holds_alternative<notifications::photo_message>(content_)
                         || (video() && video()->file_id.empty());
  if (from_file && !video_->is_open())
    return video_->open();
  join_line();
}

void delivery::on_video(video_source::outcome got) {
  switch (got) {
    case video_source::outcome::ready:
      break;
    case video_source::outcome::too_large:
    case video_source::outcome::missing: // its words tell the reader more than silence
      form_ = form::link;
      break;
    case video_source::outcome::failed:
      if (photo_.value.empty())
        return postpone_for_own_backoff("storage failed");
      form_ = form::link; // nobody waits for a preview
      break;
  }
  prepare();
}

void delivery::join_line() {
  phase_ = phase::waiting;
  window_.join(row().chat);
}

void delivery::send() {
  phase_ = phase::sending;
  sent_at_ = context_.now();
  const telegram::destination to{address_ == chat_id{} ? row().chat : address_, place_};
  std::shared_ptr<const metrics::gauge> call;
  if (context_.counters && video_->is_open())
    call = context_.counters->unanswered_call();
  const auto me = shared_from_this(); // must be waited for
  context_.self
    ->request(context_.http, caf::infinite, // infinite: http_agent always answers
              message_request(context_.api, to, content_, video_->parts(), plain_))
    .then([me, call](
            const http::response& response) { me->on_answer(telegram::parse_answer(response)); },
          [me, call](const caf::error& err) { // the agent has died
            telegram::answer none;
            none.envelope.outcome = err == caf::sec::request_receiver_down
                                      ? http::outcome::not_sent
                                      : http::outcome::interrupted;
            me->on_answer(none);
          });
}

// ── what Telegram's answer means for it ──────────────────────────────────────────────────────────

void delivery::on_answer(const telegram::answer& answer) {
  const auto& reply = answer.envelope;
  auto verdict = telegram::classify(reply);
  window_.answered(row().chat, reply, verdict.result);
  if (reply.outcome == http::outcome::local_fault && video_->is_open())
    verdict.result =
      send_result::retry; // the machine failed to read it; the file is opened anew next time
  video_->drop_file();
  took_ = context_.now() - sent_at_;
  if (verdict.result != send_result::sent)
    context_.log_failed_send(to_string(verdict.result), row().chat, describe(reply));
  switch (verdict.result) {
    case send_result::sent:
      on_sent(answer);
      break;
    case send_result::blocked:
      drop(describe(reply), true);
      break;
    case send_result::retry:
    case send_result::unauthorized:
      retry_later(verdict, reply);
      break;
    case send_result::drop:
    case send_result::upload_again:
    case send_result::send_link:
    case send_result::plain:
    case send_result::migrated:
    case send_result::misplaced:
      send_otherwise(verdict, reply);
  }
  window_.give_turns();
}

/// How long the reader waited: until Telegram has answered.
void delivery::measure() const {
  if (!context_.counters)
    return;
  const auto& to = context_.counters->times();
  const auto held = context_.now() - row().read_time;
  const auto age = durations::seconds(row().age + held);
  to.message_delivery().observe(age);
  if (row().kind == notification_kind::job_done)
    to.job_stage(job_stage::deliver).observe(age);
  if (row().update_age)
    to.update_reply().observe(durations::seconds(*row().update_age + held));
}

void delivery::on_sent(const telegram::answer& answer) {
  context_.count("sent");
  measure();
  const bool the_jobs = video() && video()->is_the_jobs;
  settle(store::mark_sent{row().id, answer.message_id, the_jobs ? answer.file_id : std::string{},
                          video_->facts()},
         ending::next);
}

void delivery::send_otherwise(const telegram::send_verdict& verdict, const telegram::reply& reply) {
  if (!context_.leader.leading())
    return ended_(ending::lost);
  switch (outbox::remedy_for(verdict.result, tried())) {
    case outbox::remedy::none:
      if (photo_.value.empty() || form_ == form::link)
        return drop(describe(reply), false);
      form_ = form::link;
      break;
    case outbox::remedy::new_chat:
      address_ = verdict.migrate_to;
      break;
    case outbox::remedy::no_place:
      place_ = {};
      break;
    case outbox::remedy::plain:
      plain_ = true;
      break;
    case outbox::remedy::upload:
      notification_.row.video_file_id.clear();
      break;
    case outbox::remedy::link:
      form_ = form::link;
      break;
  }
  video_->close();
  prepare();
}

/// Telegram has trouble with this video, or we have with getting it there: the next form of it that
/// there is. When that fails as well, the next try begins with the first form again: should all of
/// Telegram have been down, the user still gets a video.
void delivery::send_another_way() {
  if (video()->file_id.empty())
    form_ = form::link_or_later;
  else
    notification_.row.video_file_id.clear();
  video_->close();
  prepare();
}

void delivery::retry_later(const telegram::send_verdict& verdict, const telegram::reply& reply) {
  if (!context_.leader.leading())
    return ended_(ending::lost);
  if (verdict.result == send_result::unauthorized || reply.outcome == http::outcome::not_sent) {
    context_.count("failed");
    video_->close();
    return prepare();
  }
  if (verdict.flood) {
    const auto wait = duration_cast<milliseconds>(std::max(verdict.wait, shortest_flood)
                                                  * (1 + 0.1 * random_fraction()));
    // An edit that is too much says nothing of the video behind it.
    if (!is_edit() && window_.flooded(row().chat, wait))
      context_.log_failed_send("flood_of_all", row().chat, describe(reply));
    return postpone(wait, describe(reply));
  }
  if (verdict.maybe_sent)
    context_.count("failed");
  if (outbox::goes_another_way(failed()) && video())
    return send_another_way();
  if (expired(row()))
    return drop("given up after a day: " + describe(reply), false);
  const auto own = notification_backoff(row().tries, random_fraction());
  postpone(std::max(verdict.wait, own), describe(reply));
}

outbox::tried_message delivery::tried() const {
  return {.moved = address_ != chat_id{},
          .placed = !place_.empty(),
          .plain = plain_ || std::holds_alternative<telegram::invoice>(content_),
          .video = video() != nullptr,
          .by_id = video() && !video()->file_id.empty()};
}

outbox::failed_send delivery::failed() const {
  const bool of_video = !notifications::video_of(notification_).value.empty();
  return {is_edit()  ? outbox::weight::edit
          : of_video ? outbox::weight::video
                     : outbox::weight::text,
          row().tries, took_};
}

// ── its end ──────────────────────────────────────────────────────────────────────────────────────

void delivery::postpone_for_own_backoff(const std::string& reason) {
  postpone(notification_backoff(row().tries, random_fraction()), reason);
}

void delivery::postpone(milliseconds delay, const std::string& reason) {
  context_.count("deferred");
  const bool aside = outbox::steps_aside(failed());
  settle(store::defer_notification{row().id, delay, reason, aside},
         aside ? ending::others_pass : ending::others_wait);
}

void delivery::drop(const std::string& reason, bool blocked) {
  context_.count("dropped");
  settle(store::drop_notification{row().id, reason, blocked, sent_at_},
         blocked ? ending::chat_gone : ending::next);
}

void delivery::settle(notification_settlement::verdict verdict, ending outcome) {
  phase_ = phase::settling;
  video_->close();
  std::make_shared<notification_settlement>(
    context_, std::move(verdict), [me = shared_from_this(), outcome] { me->ended_(outcome); })
    ->start();
}

} // namespace neurocards
