#include "actors/retention.hpp"

#include "actors/run_after.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

using store::sweep_kind;

constexpr std::array kinds{sweep_kind::updates, sweep_kind::notifications, sweep_kind::cards,
                           sweep_kind::nodes,   sweep_kind::drafts,        sweep_kind::earnings};

constexpr int most_rows = 2000; // in a batch: some ten milliseconds
constexpr int least_rows = 20;
constexpr int files_at_once = 100;
constexpr int pause_ratio = 4; // of the pause to the batch: a fifth of the time at most is ours
constexpr caf::timespan shortest_pause = 20ms;
constexpr caf::timespan longest_pause = 10s;
constexpr caf::timespan storage_pause = 1min; // when it removed nothing of a whole batch

std::chrono::seconds seconds(caf::timespan x) {
  return std::chrono::duration_cast<std::chrono::seconds>(x);
}

} // namespace

retention::retention(singleton_actor::pointer self, caf::timespan keep, retention_store_actor store,
                     object_store_actor objects)
  : self_(self), keep_(keep), store_(std::move(store)), objects_(std::move(objects)),
    limit_(most_rows) {}

void retention::start(std::function<void()> done) {
  done_ = std::move(done);
  sweep();
}

caf::timespan retention::pause() const {
  return std::clamp<caf::timespan>((self_->clock().now() - batch_start_) * pause_ratio,
                                   shortest_pause, longest_pause);
}

void retention::after(caf::timespan wait, void (retention::*step)()) {
  run_after(self_, wait, [me = shared_from_this(), step] { (*me.*step)(); });
}

void retention::sweep() {
  if (!done_)
    return;
  begin_batch();
  self_->request(store_, caf::infinite, store::sweep{kinds.at(kind_), seconds(keep_), limit_})
    .then([me = shared_from_this()](const store::swept& x) { me->on_swept(x); },
          [me = shared_from_this()](const caf::error& err) { me->on_sweep_failed(err); });
}

void retention::on_swept(const store::swept& x) {
  rows_ += x.rows;
  limit_ = std::min(limit_ * 2, most_rows);
  if (x.more)
    after(pause(), &retention::sweep);
  else
    next_kind();
}

/// A batch that took too long was undone: a smaller one may pass.
void retention::on_sweep_failed(const caf::error& err) {
  if (err == ec::timed_out && limit_ > least_rows) {
    limit_ = std::max(limit_ / 4, least_rows);
    return after(pause(), &retention::sweep);
  }
  log::warn("janitor.sweep_failed", "kind", to_string(kinds.at(kind_)), "error", err);
  next_kind();
}

void retention::next_kind() {
  limit_ = most_rows;
  if (++kind_ < kinds.size())
    return sweep();
  log::info("janitor.swept", "rows", rows_);
  take_files(); // after the old drafts
}

void retention::take_files() {
  if (!done_)
    return;
  begin_batch();
  self_->request(store_, caf::infinite, store::take_old_files{seconds(keep_), files_at_once})
    .then([me = shared_from_this()](const store::old_files& taken) { me->remove_files(taken); },
          [me = shared_from_this()](const caf::error& err) {
            log::warn("janitor.cleaning_failed", "error", err);
            me->end();
          });
}

void retention::remove_files(const store::old_files& taken) {
  auto work = std::make_shared<cleaning>();
  work->left = taken.keys.size();
  work->more = taken.more;
  if (taken.keys.empty())
    return after_files(*work);
  for (const auto& key : taken.keys)
    self_->request(objects_, caf::infinite, drop_file{key})
      .then(
        [me = shared_from_this(), work, key] {
          work->gone.push_back(key);
          me->on_answer(work);
        },
        // The store has said why. The file stays marked, others come first, and it comes again.
        [me = shared_from_this(), work](const caf::error&) {
          ++me->files_left_;
          me->on_answer(work);
        });
}

void retention::on_answer(const std::shared_ptr<cleaning>& work) {
  if (--work->left > 0)
    return;
  if (!work->gone.empty())
    report(work);
  else if (work->more)
    after(storage_pause, &retention::take_files);
  else
    end();
}

void retention::report(const std::shared_ptr<cleaning>& work) {
  self_->request(store_, caf::infinite, store::files_removed{work->gone})
    .then(
      [me = shared_from_this(), work](store::committed) {
        me->files_gone_ += static_cast<int64_t>(work->gone.size());
        me->after_files(*work);
      },
      [me = shared_from_this(), work](const caf::error& err) {
        log::warn("janitor.cleaning_failed", "error", err); // they are removed once more, later
        me->after_files(*work);
      });
}

void retention::after_files(const cleaning& work) {
  if (work.more)
    after(pause(), &retention::take_files);
  else
    end();
}

void retention::end() {
  if (files_gone_ > 0 || files_left_ > 0)
    log::info("janitor.removed_files", "files", files_gone_, "failed", files_left_);
  if (auto done = std::exchange(done_, nullptr))
    done();
}

} // namespace neurocards
