#include "actors/object_store.hpp"

#include "actors/backoff.hpp"
#include "actors/post.hpp"
#include "actors/run_after.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"
#include "clients/video_summary.hpp"
#include "domain/photo_forms.hpp"

#include <filesystem>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

constexpr size_t most_previews = 2; // made or waited for at once

constexpr int max_tries = 3;
constexpr caf::timespan turn_pause = 5s;
constexpr auto cleaning_interval = 10min;
// Beyond what any file waits between its last byte and its end: three tries of an upload to a
// bucket, or its turn to be sent to Telegram.
constexpr auto left_over_age = 1h;

ec code_of(storage::fault fault) {
  switch (fault) {
    case storage::fault::disk_full:
      return ec::storage_full;
    case storage::fault::not_found:
    case storage::fault::invalid: // a key or a source that cannot be: there is no such file
      return ec::file_missing;
    case storage::fault::refused:
      return ec::misconfigured;
    case storage::fault::none:
    case storage::fault::unavailable:
      break;
  }
  return ec::unavailable;
}

} // namespace

disk_runner run_on(std::shared_ptr<storage::file_worker> worker) {
  return [worker = std::move(worker)](auto task, auto done) {
    worker->submit(std::move(task), std::move(done));
  };
}

temporary_file::remover remove_on(disk_runner disk) {
  return [disk = std::move(disk)](std::string path) {
    disk(
      [path = std::move(path)] {
        std::error_code ignored; // nobody misses it; what stays is cleaned up with old ones
        std::filesystem::remove(path, ignored);
        return storage::result{};
      },
      [](const storage::result&) {});
  };
}

object_store::object_store(object_store_actor::pointer self,
                           std::shared_ptr<const storage::store> files, disk_runner disk,
                           http_agent_actor http, disk_runner previewer)
  : self_(self), files_(std::move(files)), disk_(std::move(disk)), http_(std::move(http)),
    previewer_(previewer ? std::move(previewer) : disk_) {}

object_store_actor::behavior_type object_store::make_behavior() {
  clean_temporary();
  return {
    [this](const put_file& request) { return put(request); },
    [this](const open_file& wanted) { return open(wanted); },
    [this](const link_file& cooldown) {
      return file_link{files_->link(cooldown.key, storage::clock::now(), cooldown.valid)};
    },
    [this](const drop_file& failure) -> caf::result<void> {
      return start<void>(
        "drop", failure.key, [files = files_, key = failure.key] { return files->remove(key); },
        [](storage::result&) {});
    },
  };
}

template <class Answer, class F>
caf::result<Answer> object_store::start(std::string action, const storage_key& key,
                                        std::function<storage::action()> make, F to_answer) {
  auto promise = self_->make_response_promise<Answer>();
  auto& op = pending_[++last_id_];
  op.action = std::move(action);
  op.key = key;
  op.make = std::move(make);
  op.done = [promise, to_answer](storage::result& x) mutable {
    if constexpr (std::is_invocable_v<F, storage::result&, caf::typed_response_promise<Answer>&>) {
      to_answer(x, promise); // it takes longer
    } else if constexpr (std::is_void_v<Answer>) {
      to_answer(x);
      promise.deliver();
    } else {
      promise.deliver(to_answer(x));
    }
  };
  op.failed = [promise](caf::error reason) mutable { promise.deliver(std::move(reason)); };
  run(last_id_);
  return promise;
}

caf::result<put_result> object_store::put(const put_file& request) {
  return start<put_result>(
    "put", request.key,
    [files = files_, request] {
      return files->put(request.key, request.path, request.content_type);
    },
    [this, path = request.path](storage::result& x) {
      const temporary_file consumed{path, remove_on(disk_)}; // unless the store has moved it
      return put_result{x.bytes};
    });
}

caf::result<opened_file> object_store::open(const open_file& request) {
  return start<opened_file>(
    "open", request.key, [files = files_, key = request.key] { return files->fetch(key); },
    [this, as_video = request.as_video](storage::result& x,
                                        caf::typed_response_promise<opened_file>& promise) {
      opened_file found{std::move(x.file), x.bytes, x.temporary};
      if (as_video)
        summarize(std::move(found), promise);
      else
        promise.deliver(std::move(found));
    });
}

/// Whatever cannot be found out, the file is open.
void object_store::summarize(opened_file found, caf::typed_response_promise<opened_file> promise) {
  const auto id = ++last_id_;
  // Videos may come by the hundred: none waits while previews of many others are made.
  const bool preview = previews_ < most_previews;
  const auto thumbnail = preview ? files_->temporary_file(".jpg") : std::string{};
  auto seen = std::make_shared<storage::video_summary>();
  auto read = [seen, path = found.path, thumbnail] {
    *seen = storage::summarize_video(path, thumbnail);
    return storage::result{};
  };
  videos_[id] = {std::move(found), std::move(promise)};
  previews_ += preview ? 1 : 0;
  (preview ? previewer_ : disk_)(
    std::move(read),
    [this, id, seen, thumbnail, me = caf::weak_actor_ptr{self_->ctrl()}](const storage::result&) {
      post(me, [this, id, seen, thumbnail] {
        previews_ -= thumbnail.empty() ? 0 : 1;
        auto done = std::move(videos_.extract(id).mapped());
        done.file.facts = seen->facts;
        if (seen->thumbnail)
          done.file.thumbnail = thumbnail;
        done.promise.deliver(std::move(done.file));
      });
    });
}

void object_store::run(uint64_t id) {
  auto& op = pending_.at(id);
  ++op.tries;
  auto call = op.make();
  if (!call.request) {
    disk_(std::move(call.disk), [this, id, me = caf::weak_actor_ptr{self_->ctrl()}](auto result) {
      post(me, [this, id, result = std::move(result)]() mutable { finish(id, result); });
    });
    return;
  }
  self_->request(http_, caf::infinite, std::move(*call.request))
    .then(
      [this, id, interpret = std::move(call.interpret)](const http::response& answer) {
        if (answer.outcome == http::outcome::not_started)
          return wait_for_turn(id);
        auto result = interpret(answer);
        finish(id, result);
      },
      [this, id](const caf::error& reason) {
        storage::result result;
        result.fault = storage::fault::unavailable;
        result.error = to_string(reason);
        finish(id, result);
      });
}

/// The request waited on our side until that was too long: no failed try.
void object_store::wait_for_turn(uint64_t id) {
  --pending_.at(id).tries;
  run_after(self_, turn_pause, [this, id] { run(id); });
}

void object_store::finish(uint64_t id, storage::result& result) {
  auto& op = pending_.at(id);
  if (result.fault == storage::fault::unavailable && op.tries < max_tries) {
    log::warn("object_store.retried", "what", op.action, "key", op.key, "tries", op.tries, "error",
              result.error);
    run_after(self_, backoff(op.tries, 500ms, 5s), [this, id] { run(id); });
    return;
  }
  if (result.ok()) {
    op.done(result);
  } else {
    // A form of a photo that is not there is made, and no trouble.
    const bool missed = result.fault == storage::fault::not_found
                        && photo_forms::form_of(op.key).made != photo_forms::form::kept;
    if (!missed)
      log::warn("object_store.failed", "what", op.action, "key", op.key, "fault", result.fault,
                "error", result.error);
    op.failed(caf::make_error(code_of(result.fault), op.action, to_string(op.key), result.error));
  }
  pending_.erase(id);
}

void object_store::clean_temporary() {
  if (auto call = files_->clean_temporary(left_over_age); call.disk)
    disk_(std::move(call.disk), [](const storage::result& x) {
      if (!x.ok())
        log::warn("object_store.cleaning_failed", "error", x.error);
      else if (x.bytes > 0)
        log::info("object_store.cleaned", "temporary_files", x.bytes);
    });
  run_after(self_, with_jitter(cleaning_interval), [this] { clean_temporary(); });
}

} // namespace neurocards
