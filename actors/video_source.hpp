#pragma once

#include "actors/notifier_context.hpp"
#include "actors/notifier_message.hpp"
#include "actors/temporary_file.hpp"
#include "actors/upload_slots.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace neurocards {

/// Where the video or photo of one notification comes from: its file, for an upload, or a link to
/// it. Part of the actor `notifier`; not an actor itself.
class video_source : public std::enable_shared_from_this<video_source> {
public:
  enum class outcome : uint8_t {
    ready,     // what was asked for is there
    too_large, // to be uploaded
    missing,   // it is not in storage; `link` is known to be none, unless there is one
    failed,    // storage did not answer
  };
  using callback = std::function<void(outcome)>;

  enum class kind : uint8_t { video, photo };

  /// `done` hears of the end of `open` and `ask_link`, unless this object ends before.
  video_source(notifier_context& context, upload_slots& slots, kind of, storage_key key,
               video_facts facts, callback done)
    : context_(context), slots_(slots), kind_(of), key_(std::move(key)), facts_(facts),
      done_(std::move(done)) {}

  /// As soon as there is a free upload.
  void open();
  void ask_link();

  bool is_open() const { return !file_.path().empty(); }
  const std::optional<std::string>& link() const { return link_; } // nullopt: not asked for

  /// What goes with the video: its file and thumbnail, if it is open.
  video_parts parts() const { return {file_.path(), thumbnail_.path(), facts_}; }
  const video_facts& facts() const { return facts_; }

  /// The file is not needed any more, the upload goes on until `close`.
  void drop_file();

  /// Gives the upload to who waits for one, as well.
  void close();

private:
  bool begin();
  void on_opened(const opened_file&);
  void on_failed(const caf::error&);

  notifier_context& context_;
  upload_slots& slots_;
  kind kind_;
  storage_key key_;
  video_facts facts_; // of the job's video
  callback done_;
  bool holds_slot_ = false;
  temporary_file file_;
  temporary_file thumbnail_;
  std::optional<std::string> link_; // empty: there is none
};

} // namespace neurocards
