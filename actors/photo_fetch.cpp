#include "actors/photo_fetch.hpp"

#include "actors/backoff.hpp"
#include "actors/post.hpp"
#include "actors/run_after.hpp"
#include "base/log.hpp"
#include "clients/files.hpp"
#include "clients/pictures.hpp"
#include "clients/risky_try.hpp"
#include "domain/photo_forms.hpp"

#include <filesystem>
#include <fstream>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr int max_tries = 4;
constexpr caf::timespan first_wait = 1s;
constexpr caf::timespan longest_wait = 10s; // the user is looking at his phone

bool too_big_for_bots(const telegram::answer& answer) {
  return answer.envelope.error_code == 400
         && answer.envelope.description.find("file is too big") != std::string::npos;
}

/// Blocking: for the disk thread. What a Bot API server of one's own has on the same machine.
storage::result copy_file(const std::string& from, const std::string& to, int64_t max_bytes) {
  auto found = storage::files::facts_of(from);
  if (!found.ok())
    return found;
  if (found.bytes > max_bytes) {
    found.fault = storage::fault::invalid;
    return found;
  }
  std::error_code failed;
  std::filesystem::copy_file(from, to, failed);
  return failed ? storage::files::failure(failed.value(), "cannot copy") : found;
}

/// Blocking: for the disk thread.
storage::result read_prefix(const std::string& file, size_t limit, std::string& prefix,
                            int64_t& bytes) {
  storage::result result;
  std::error_code failed;
  bytes = static_cast<int64_t>(std::filesystem::file_size(file, failed));
  std::ifstream in(file, std::ios::binary);
  if (failed || !in) {
    result.fault = storage::fault::unavailable;
    result.error = "cannot read " + file;
    return result;
  }
  prefix.resize(std::min(static_cast<size_t>(bytes), limit));
  in.read(prefix.data(), static_cast<std::streamsize>(prefix.size()));
  prefix.resize(static_cast<size_t>(in.gcount()));
  return result;
}

} // namespace

photo_fetch::photo_fetch(conversation_actor::pointer self,
                         std::shared_ptr<const conversation_context> context, flow::photo_wish wish,
                         callback done)
  : self_(self), context_(std::move(context)), wish_(std::move(wish)), done_(std::move(done)) {}

void photo_fetch::start() {
  locate();
}

void photo_fetch::locate() {
  self_->request(context_->http, caf::infinite, context_->api.get_file(wish_.file.file_id))
    .then(
      [me = shared_from_this()](const http::response& answer) {
        me->on_located(telegram::parse_answer(answer));
      },
      [me = shared_from_this()](const caf::error& reason) { me->again(to_string(reason), 0s); });
}

void photo_fetch::on_located(const telegram::answer& answer) {
  if (answer.envelope.outcome == http::outcome::not_started)
    return wait_for_turn();
  if (too_big_for_bots(answer) || answer.file_bytes > context_->flow.photo.max_bytes)
    return finish(flow::photo_rejected{images::fault::too_large, {}, context_->flow.photo, {}});
  if (!answer.ok() || answer.file_path.empty())
    return again(answer.envelope.description, std::chrono::seconds{answer.envelope.retry_after});
  if (context_->api.lies_on_disk(answer.file_path))
    return copy(answer.file_path);
  download(answer.file_path);
}

/// `path` holds the bot's token: it is never logged.
void photo_fetch::copy(const std::string& path) {
  auto task = [path, file = new_file(), limit = context_->flow.photo.max_bytes] {
    return copy_file(path, file, limit);
  };
  auto done = [me = weak_from_this(), actor = caf::weak_actor_ptr{self_->ctrl()},
               path](storage::result result) {
    post(actor, [me, path, result = std::move(result)] {
      if (auto alive = me.lock())
        alive->on_copied(result, path);
    });
  };
  context_->disk(std::move(task), std::move(done));
}

void photo_fetch::on_copied(const storage::result& result, const std::string& path) {
  if (result.ok())
    return prepare();
  file_ = {};
  if (result.fault == storage::fault::invalid)
    return finish(flow::photo_rejected{images::fault::too_large});
  if (result.fault == storage::fault::disk_full)
    log::error("photo_fetch.disk_failed", "error", to_string(result.fault));
  else
    log::warn("photo_fetch.local_file_unreadable", "fault", to_string(result.fault), "advice",
              "telegram.api-url is a server with --local: let this program read its folder, or "
              "start it without --local");
  download(path);
}

void photo_fetch::download(const std::string& path) {
  auto request = context_->api.download(path, new_file(), context_->flow.photo.max_bytes);
  self_->request(context_->http, caf::infinite, std::move(request))
    .then([me = shared_from_this()](const http::response& answer) { me->on_downloaded(answer); },
          [me = shared_from_this()](const caf::error& reason) {
            me->file_ = {};
            me->again(to_string(reason), 0s);
          });
}

void photo_fetch::on_downloaded(const http::response& answer) {
  if (answer.ok())
    return prepare();
  file_ = {};
  if (answer.outcome == http::outcome::not_started)
    return wait_for_turn();
  if (answer.outcome == http::outcome::too_large)
    return finish(flow::photo_rejected{images::fault::too_large, {}, context_->flow.photo, {}});
  if (answer.outcome == http::outcome::local_fault)
    log::error("photo_fetch.disk_failed", "error", answer.error);
  again(answer.outcome == http::outcome::answered ? "HTTP " + std::to_string(answer.status)
                                                  : answer.error,
        0s); // a link that has expired is replaced by locating the file anew
}

void photo_fetch::prepare() {
  auto found = std::make_shared<examined>();
  ready_ = on_disk(context_->files->temporary_file(".jpg"));
  auto work = [found, file = file_.path(), to = ready_.path(), wish = wish_, context = context_] {
    return examine(context->flow, wish, file, to, *found);
  };
  // Weak: were the darkroom's thread the last to let go of us, it would have to end itself.
  auto done = [me = weak_from_this(), actor = caf::weak_actor_ptr{self_->ctrl()},
               found](storage::result result) {
    post(actor, [me, found, result = std::move(result)] {
      if (auto alive = me.lock())
        alive->on_examined(result, *found);
    });
  };
  context_->darkroom(std::move(work), std::move(done));
}

/// Blocking: for the darkroom. What is no picture, or too large a one, is seen from its beginning.
storage::result photo_fetch::examine(const flow::flow_config& flow, const flow::photo_wish& wish,
                                     const std::string& file, const std::string& to,
                                     examined& found) {
  std::string prefix;
  storage::result result;
  for (const size_t limit : {images::prefix_bytes, images::longest_prefix_bytes}) {
    result = read_prefix(file, limit, prefix, found.bytes);
    if (!result.ok())
      return result;
    found.verdict = images::check(prefix, found.bytes, wish.from, flow.photo);
    const bool size_known = !found.verdict.accepted() || found.verdict.picture.width > 0
                            || found.verdict.picture.kind == images::format::heic;
    if (size_known || static_cast<int64_t>(prefix.size()) >= found.bytes)
      break;
  }
  const bool heic = found.verdict.picture.kind == images::format::heic;
  if (heic && found.verdict.accepted() && !pictures::reads_heic())
    found.verdict.reason = images::fault::not_an_image;
  if (found.verdict.reason == images::fault::not_an_image)
    found.file = foreign_files::kind_of(prefix);
  if (!found.verdict.accepted())
    return result;
  const storage::risky_try decoding{std::filesystem::path{to}.parent_path().string(),
                                    wish.file.unique_id.empty() ? wish.file.file_id
                                                                : wish.file.unique_id};
  if (decoding.is_hopeless()) {
    log::error("photo_fetch.never_decoded", "file", wish.file.unique_id, "advice",
               "the program ended each time it decoded this photo; report it with the photo");
    found.verdict.reason = images::fault::broken;
    return result;
  }
  const auto made = pictures::prepare(file, to);
  if (!made.error.empty()) {
    result.fault = storage::fault::unavailable;
    result.error = made.error;
  } else if (made.fault) {
    found.verdict = {made.fault, made.found, flow.photo};
  } else {
    found.verdict = images::check_prepared(made.found, made.made, flow.models);
    found.ready = made.made;
    found.bytes = made.bytes;
  }
  return result;
}

void photo_fetch::on_examined(const storage::result& result, const examined& found) {
  file_ = {};
  if (result.ok() && found.verdict.accepted())
    return keep(found);
  ready_ = {};
  if (!result.ok())
    return again(result.error, 0s);
  const auto& verdict = found.verdict;
  finish(flow::photo_rejected{*verdict.reason, verdict.picture, verdict.needs, found.file});
}

/// The store consumes the file if it can keep it.
void photo_fetch::keep(const examined& found) {
  const auto& ready = found.ready;
  flow::photo_stored stored{photo_forms::ready_key(to_string(uuid::random()), ready), ready.width,
                            ready.height, found.bytes, images::mime_type(ready.kind)};
  const auto file = std::exchange(ready_, {}).release();
  put_file request{file, stored.key, stored.mime_type};
  self_->request(context_->objects, caf::infinite, std::move(request))
    .then([me = shared_from_this(),
           stored = std::move(stored)](const put_result&) { me->finish(stored); },
          [me = shared_from_this(), file](const caf::error& reason) {
            // The store has tried for a while already, and said what an operator has to know.
            log::error("photo_fetch.not_kept", "error", reason);
            me->ready_ = me->on_disk(file);
            me->finish(flow::photo_unavailable{});
          });
}

void photo_fetch::again(std::string_view reason, caf::timespan at_least) {
  ++failures_;
  log::warn("photo_fetch.failed", "tries", failures_, "error", reason);
  if (failures_ >= max_tries || at_least > longest_wait)
    return finish(flow::photo_unavailable{});
  const auto wait = std::max<caf::timespan>(at_least, backoff(failures_, first_wait, longest_wait));
  run_after(self_, wait, [me = shared_from_this()] { me->locate(); });
}

/// Our own line is full: no failure of Telegram's.
void photo_fetch::wait_for_turn() {
  run_after(self_, longest_wait, [me = shared_from_this()] { me->locate(); });
}

const std::string& photo_fetch::new_file() {
  file_ = on_disk(context_->files->temporary_file(".part"));
  return file_.path();
}

temporary_file photo_fetch::on_disk(std::string path) const {
  return {std::move(path), remove_on(context_->disk)};
}

void photo_fetch::finish(flow::photo_result result) {
  std::exchange(done_, nullptr)(std::move(result));
}

} // namespace neurocards
