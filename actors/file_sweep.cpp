#include "actors/file_sweep.hpp"

#include "actors/run_after.hpp"
#include "base/log.hpp"

#include <utility>

namespace neurocards {

namespace {

constexpr int files_at_once = 100;
constexpr caf::timespan storage_pause = std::chrono::minutes{1}; // when it removed nothing at all

} // namespace

file_sweep::file_sweep(singleton_actor::pointer self, caf::timespan keep,
                       old_files_store_actor store, object_store_actor objects)
  : self_(self), keep_(keep), store_(std::move(store)), objects_(std::move(objects)) {}

void file_sweep::start(std::function<void()> done) {
  done_ = std::move(done);
  take();
}

void file_sweep::take() {
  if (!done_)
    return;
  pace_.begin(self_->clock().now());
  const auto keep = std::chrono::duration_cast<std::chrono::seconds>(keep_);
  self_->request(store_, caf::infinite, store::take_old_files{keep, files_at_once})
    .then([me = shared_from_this()](const store::old_files& taken) { me->remove(taken); },
          [me = shared_from_this()](const caf::error& err) {
            log::warn("janitor.cleaning_failed", "error", err);
            me->end();
          });
}

void file_sweep::take_after(caf::timespan pause) {
  run_after(self_, pause, [me = shared_from_this()] { me->take(); });
}

void file_sweep::remove(const store::old_files& taken) {
  auto work = std::make_shared<batch>();
  work->left = taken.keys.size();
  work->more = taken.more;
  if (taken.keys.empty())
    return after(*work);
  for (const auto& key : taken.keys)
    self_->request(objects_, caf::infinite, drop_file{key})
      .then(
        [me = shared_from_this(), work, key] {
          work->gone.push_back(key);
          me->on_answer(work);
        },
        // The store has said why. The file stays marked, others come first, and it comes again.
        [me = shared_from_this(), work](const caf::error&) {
          ++me->left_;
          me->on_answer(work);
        });
}

void file_sweep::on_answer(const std::shared_ptr<batch>& work) {
  if (--work->left > 0)
    return;
  if (!work->gone.empty())
    report(work);
  else if (work->more)
    take_after(storage_pause);
  else
    end();
}

void file_sweep::report(const std::shared_ptr<batch>& work) {
  self_->request(store_, caf::infinite, store::files_removed{work->gone})
    .then(
      [me = shared_from_this(), work](store::committed) {
        me->gone_ += static_cast<int64_t>(work->gone.size());
        me->after(*work);
      },
      [me = shared_from_this(), work](const caf::error& err) {
        log::warn("janitor.cleaning_failed", "error", err); // they are removed once more, later
        me->after(*work);
      });
}

void file_sweep::after(const batch& work) {
  if (work.more)
    take_after(pace_.pause(self_->clock().now()));
  else
    end();
}

void file_sweep::end() {
  if (gone_ > 0 || left_ > 0)
    log::info("janitor.removed_files", "files", gone_, "failed", left_);
  if (auto done = std::exchange(done_, nullptr))
    done();
}

} // namespace neurocards
