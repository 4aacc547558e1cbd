#include "actors/video_source.hpp"

namespace neurocards {

namespace {

constexpr std::chrono::hours link_life{24 * 7};

} // namespace

void video_source::ask_link() {
  context_.self->request(context_.files, caf::infinite, link_file{key_, link_life})
    .then(
      [weak = weak_from_this()](file_link& found) {
        if (const auto me = weak.lock()) {
          me->link_ = std::move(found.url);
          me->done_(outcome::ready);
        }
      },
      [weak = weak_from_this()](const caf::error& err) {
        if (const auto me = weak.lock())
          me->on_failed(err);
      });
}

void video_source::open() {
  slots_.acquire([weak = weak_from_this()] {
    const auto me = weak.lock();
    return me && me->begin();
  });
}

bool video_source::begin() {
  holds_slot_ = true;
  context_.self->request(context_.files, caf::infinite, open_file{key_, kind_ == kind::video})
    .then(
      [weak = weak_from_this()](const opened_file& opened) {
        temporary_file file{opened.path, opened.temporary};
        temporary_file thumbnail{opened.thumbnail, !opened.thumbnail.empty()};
        const auto me = weak.lock();
        if (!me)
          return; // the lock was lost meanwhile
        me->file_ = std::move(file);
        me->thumbnail_ = std::move(thumbnail);
        me->on_opened(opened);
      },
      [weak = weak_from_this()](const caf::error& err) {
        if (const auto me = weak.lock())
          me->on_failed(err);
      });
  return true;
}

void video_source::on_opened(const opened_file& opened) {
  if (opened.bytes > context_.rendering->max_upload_bytes) {
    drop_file();
    return done_(outcome::too_large);
  }
  if (opened.facts.known())
    facts_ = opened.facts;
  done_(outcome::ready);
}

void video_source::on_failed(const caf::error& err) {
  if (const auto times = context_.worth_telling("storage"))
    log::error(kind_ == kind::video ? "notifier.video_unreadable" : "notifier.photo_unreadable",
               "key", key_, "error", err, "times", *times, "advice", "check the file storage");
  if (err != ec::file_missing)
    return done_(outcome::failed);
  link_ = link_.value_or("");
  done_(outcome::missing);
}

void video_source::drop_file() {
  file_ = {};
  thumbnail_ = {};
}

void video_source::close() {
  drop_file();
  if (std::exchange(holds_slot_, false))
    slots_.release();
}

} // namespace neurocards
