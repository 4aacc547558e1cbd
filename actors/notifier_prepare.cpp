#include "actors/notifier.hpp"

#include "base/jitter.hpp"

/// From a notification to something that can be sent: rendering, and for videos the file or a link.
namespace neurocards {

namespace {

constexpr int most_uploads = 8; // at once
constexpr std::chrono::hours link_life{24 * 7};

} // namespace

outbox::failed_send notifier_line::failed() const {
  const bool edit = std::holds_alternative<notifications::edited_message>(content);
  const bool video = !notifications::video_of(first()).value.empty();
  return {edit    ? outbox::weight::edit
          : video ? outbox::weight::video
                  : outbox::weight::text,
          first().tries, took};
}

void notifier::prepare(chat_id chat) {
  auto& x = lines_.at(chat);
  x.at = phase::preparing;
  const bool as_link = x.as == line::form::link;
  if ((as_link || notifications::wants_link(x.first(), rendering_)) && !x.link_known)
    return ask_link(chat);
  if (as_link && x.if_linked && x.link.empty())
    return postpone(chat, notification_backoff(x.first().tries, random_fraction()),
                    "not taken as a video, and there is no link");
  if (as_link)
    x.content = notifications::render_as_link(x.first(), rendering_, x.link);
  else
    x.content = notifications::render(x.first(), rendering_, x.link);
  if (const auto* fault = std::get_if<notifications::unsendable>(&x.content))
    return drop(chat, fault->reason, false);
  const auto* video = std::get_if<notifications::video_message>(&x.content);
  if (video && video->file_id.empty() && x.file.path().empty())
    return want_upload(chat);
  wait_in_line(chat);
}

void notifier::ask_link(chat_id chat) {
  const auto& x = lines_.at(chat);
  self_->request(files_, caf::infinite, link_file{notifications::video_of(x.first()), link_life})
    .then(
      [this, chat, ticket = x.ticket](file_link& found) {
        if (auto* same = find(chat, ticket)) {
          same->link = std::move(found.url);
          same->link_known = true;
          prepare(chat);
        }
      },
      [this, chat, ticket = x.ticket](const caf::error& err) {
        on_storage_failed(chat, ticket, err);
      });
}

void notifier::want_upload(chat_id chat) {
  if (uploads_ < most_uploads)
    return open(chat);
  upload_queue_.emplace_back(chat, lines_.at(chat).ticket);
}

void notifier::open(chat_id chat) {
  auto& x = lines_.at(chat);
  x.uploads = true;
  ++uploads_;
  self_->request(files_, caf::infinite, open_file{notifications::video_of(x.first()), true})
    .then([this, chat,
           ticket = x.ticket](const opened_file& opened) { on_opened(chat, ticket, opened); },
          [this, chat, ticket = x.ticket](const caf::error& err) {
            on_storage_failed(chat, ticket, err);
          });
}

void notifier::on_opened(chat_id chat, uint64_t ticket, const opened_file& opened) {
  temporary_file file{opened.path, opened.temporary};
  temporary_file thumbnail{opened.thumbnail, !opened.thumbnail.empty()};
  auto* x = find(chat, ticket);
  if (!x)
    return; // the lock was lost meanwhile
  if (opened.bytes > rendering_.max_upload_bytes) {
    x->as = line::form::link;
  } else {
    x->file = std::move(file);
    x->thumbnail = std::move(thumbnail);
    if (opened.facts.known())
      x->facts = opened.facts;
  }
  prepare(chat);
}

void notifier::on_storage_failed(chat_id chat, uint64_t ticket, const caf::error& err) {
  auto* x = find(chat, ticket);
  if (!x)
    return;
  auto& repeated = repeated_["storage"];
  if (repeated.should_log())
    log::error("notifier.video_unreadable", "key", notifications::video_of(x->first()), "error",
               err, "times", repeated.count(), "advice", "check the file storage");
  if (err != ec::file_missing)
    return postpone(chat, notification_backoff(x->first().tries, random_fraction()),
                    "storage failed");
  x->as = line::form::link; // its words tell the reader more than silence
  x->link_known = true;
  prepare(chat);
}

/// Gives the file back, and the upload to who waits for one.
void notifier::end_upload(line& x) {
  x.file = {};
  x.thumbnail = {};
  if (!std::exchange(x.uploads, false))
    return;
  --uploads_;
  while (uploads_ < most_uploads && !upload_queue_.empty()) {
    const auto [chat, ticket] = upload_queue_.front();
    upload_queue_.pop_front();
    if (find(chat, ticket))
      open(chat);
  }
}

} // namespace neurocards
