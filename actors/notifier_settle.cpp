#include "actors/notifier.hpp"

#include "base/jitter.hpp"
#include "domain/markup.hpp"

/// What Telegram's answers mean for a notification, and telling the database.
namespace neurocards {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using telegram::send_result;

constexpr auto longest_life = 24h; // of a notification that Telegram refuses for the time being
constexpr int least_tries = 20;    // before it ends: we, not Telegram, may have been away for a day
constexpr milliseconds shortest_flood = 1s;
constexpr milliseconds first_outage_pause = 250ms;
constexpr milliseconds longest_outage_pause = 30s;
constexpr milliseconds token_pause = 1min;
constexpr milliseconds first_commit_pause = 200ms;
constexpr milliseconds longest_commit_pause = 10s;
constexpr size_t longest_reason = 300; // UTF-16 units

milliseconds doubled(milliseconds first, int times, milliseconds longest) {
  return std::min(first * (1 << std::min(times, 20)), longest);
}

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

void notifier::on_answer(chat_id chat, const telegram::answer& answer) {
  --sending_;
  pace_.answered(chat, now());
  const auto& reply = answer.envelope;
  auto verdict = telegram::classify(reply);
  judge_service(reply, verdict.result);
  auto& x = lines_.at(chat);
  if (reply.outcome == http::outcome::local_fault && !x.file.path().empty())
    verdict.result =
      send_result::retry; // the machine failed to read it; the file is opened anew next time
  x.file = {};
  x.thumbnail = {};
  x.took = now() - x.sent_at;
  if (verdict.result != send_result::sent)
    log_failure(to_string(verdict.result), chat, describe(reply));
  switch (verdict.result) {
    case send_result::sent: {
      count("sent");
      ++stats_.completed;
      const auto* video = std::get_if<notifications::video_message>(&x.content);
      const bool the_jobs = video && video->is_the_jobs;
      settle(chat, store::mark_sent{x.first().id, answer.message_id,
                                    the_jobs ? answer.file_id : std::string{}, x.facts});
      break;
    }
    case send_result::blocked:
      drop(chat, describe(reply), true);
      break;
    case send_result::retry:
    case send_result::unauthorized:
      retry_later(chat, verdict, reply);
      break;
    case send_result::drop:
    case send_result::upload_again:
    case send_result::send_link:
    case send_result::plain:
    case send_result::migrated:
    case send_result::misplaced:
      send_otherwise(chat, verdict, reply);
  }
  pump();
}

/// Whether Telegram can be reached at all, and takes our token. If not, the messages are not at
/// fault: all wait, and then one asks for all.
void notifier::judge_service(const telegram::reply& reply, send_result result) {
  const bool refused = result == send_result::unauthorized;
  if (!refused && reply.outcome == http::outcome::answered) {
    if (std::exchange(probing_, false))
      log::info("notifier.service_recovered");
    outage_ = 0;
  }
  if (!refused && reply.outcome != http::outcome::not_sent)
    return;
  probing_ = true;
  if (now() < outage_pause_)
    return; // of the same outage: it was sent before the pause
  const auto pause =
    refused ? token_pause : doubled(first_outage_pause, outage_++, longest_outage_pause);
  outage_pause_ = now() + with_jitter(pause);
  pace_.hold_all(outage_pause_);
  if (refused)
    log::error("notifier.token_refused", "advice", "check BOT_TOKEN; nothing is sent until then");
}

void notifier::wait_in_line(chat_id chat) {
  lines_.at(chat).at = phase::waiting;
  pace_.add(chat, now());
  pump();
}

/// The same notification in another form, each at most once. A refused video may be a file that
/// Telegram cannot use: its buyer gets it as a link, or words at least.
void notifier::send_otherwise(chat_id chat, const telegram::send_verdict& verdict,
                              const telegram::reply& reply) {
  auto& x = lines_.at(chat);
  if (!leading_)
    return forget(chat);
  const auto* video = std::get_if<notifications::video_message>(&x.content);
  if (verdict.result == send_result::migrated && x.to == chat_id{}) {
    x.to = verdict.migrate_to;
  } else if (verdict.result == send_result::misplaced && !x.where.empty()) {
    x.where = {};
  } else if (verdict.result == send_result::plain && !x.plain
             && !std::holds_alternative<telegram::invoice>(x.content)) {
    x.plain = true;
  } else if (verdict.result != send_result::send_link && video && !video->file_id.empty()) {
    x.notifications.front().video_file_id.clear();
  } else if (video) {
    x.as = line::form::link;
  } else {
    return drop(chat, describe(reply), false);
  }
  end_upload(x);
  prepare(chat);
}

/// Telegram has trouble with this video, or we have with getting it there: the next form of it that
/// there is. When that fails as well, the next try begins with the first form again: should all of
/// Telegram have been down, the user still gets a video.
void notifier::send_another_way(chat_id chat) {
  auto& x = lines_.at(chat);
  if (!std::get<notifications::video_message>(x.content).file_id.empty()) {
    x.notifications.front().video_file_id.clear();
  } else {
    x.as = line::form::link;
    x.if_linked = true;
  }
  end_upload(x);
  prepare(chat);
}

void notifier::retry_later(chat_id chat, const telegram::send_verdict& verdict,
                           const telegram::reply& reply) {
  const auto& x = lines_.at(chat);
  if (!leading_)
    return forget(chat);
  if (verdict.result == send_result::unauthorized || reply.outcome == http::outcome::not_sent) {
    count("failed");
    end_upload(lines_.at(chat));
    return prepare(chat);
  }
  if (verdict.flood) {
    const auto wait = duration_cast<milliseconds>(std::max(verdict.wait, shortest_flood)
                                                  * (1 + 0.1 * random_fraction()));
    // An edit that is too much says nothing of the video behind it.
    const bool edit = std::holds_alternative<notifications::edited_message>(x.content);
    if (!edit && pace_.flooded(chat, now(), wait))
      log_failure("flood_of_all", chat, describe(reply));
    return postpone(chat, wait, describe(reply));
  }
  if (verdict.maybe_sent)
    count("failed");
  if (outbox::goes_another_way(x.failed())
      && std::holds_alternative<notifications::video_message>(x.content))
    return send_another_way(chat);
  if (expired(x.first()))
    return drop(chat, "given up after a day: " + describe(reply), false);
  const auto own = notification_backoff(x.first().tries, random_fraction());
  postpone(chat, std::max(verdict.wait, own), describe(reply));
}

void notifier::postpone(chat_id chat, milliseconds delay, const std::string& why) {
  count("deferred");
  const auto& x = lines_.at(chat);
  settle(chat,
         store::defer_notification{x.first().id, delay, why, outbox::steps_aside(x.failed())});
}

void notifier::drop(chat_id chat, const std::string& why, bool blocked) {
  count("dropped");
  ++stats_.failed;
  const auto& x = lines_.at(chat);
  settle(chat, store::drop_notification{x.first().id, why, blocked, x.sent_at});
}

void notifier::settle(chat_id chat, line::settlement verdict) {
  auto& x = lines_.at(chat);
  x.at = phase::settling;
  x.verdict = std::move(verdict);
  end_upload(x);
  commit(chat);
}

void notifier::commit(chat_id chat) {
  std::visit(
    [this, chat](const auto& verdict) {
      self_
        ->request(store_, caf::infinite, verdict) // infinite: the database always answers
        .then([this, chat](store::committed) { settled(chat); },
              [this, chat](const caf::error& err) { on_commit_failed(chat, err); });
    },
    lines_.at(chat).verdict);
}

/// The chat stays ours until the database knows: its notification must not be read, and sent,
/// again.
void notifier::on_commit_failed(chat_id chat, const caf::error& err) {
  auto& x = lines_.at(chat);
  auto& repeated = repeated_["commit"];
  if (repeated.should_log())
    log::warn("notifier.commit_failed", "notification", x.first().id, "error", err, "times",
              repeated.count());
  const auto pause = doubled(first_commit_pause, x.settle_tries++, longest_commit_pause);
  run_after(self_, with_jitter(pause), [this, chat] { commit(chat); });
}

void notifier::settled(chat_id chat) {
  auto& x = lines_.at(chat);
  const auto* dropped = std::get_if<store::drop_notification>(&x.verdict);
  const auto* deferred = std::get_if<store::defer_notification>(&x.verdict);
  const bool all_wait = deferred != nullptr;
  x.more = x.more || (deferred && deferred->aside); // what is behind it may go now
  const bool blocked = dropped && dropped->blocked;
  x.notifications.pop_front();
  --held_;
  if (all_wait || blocked || x.notifications.empty())
    forget(chat);
  else
    start_first(chat, x);
  if (more_ && room())
    look();
}

/// `kind` is a word of ours: it becomes a key that is never forgotten.
void notifier::log_failure(std::string_view kind, chat_id chat, const std::string& why) {
  auto& repeated = repeated_.try_emplace(std::string{kind}).first->second;
  if (repeated.should_log())
    log::warn("notifier.send_failed", "result", kind, "chat", chat, "why", why, "times",
              repeated.count());
}

} // namespace neurocards
