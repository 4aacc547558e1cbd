#include "actors/row_sweep.hpp"

#include "actors/run_after.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace neurocards {

namespace {

using store::sweep_kind;

constexpr std::array kinds{sweep_kind::updates, sweep_kind::notifications, sweep_kind::cards,
                           sweep_kind::nodes,   sweep_kind::drafts,        sweep_kind::earnings};

constexpr int most_rows = 2000; // in a batch: some ten milliseconds
constexpr int least_rows = 20;

} // namespace

row_sweep::row_sweep(singleton_actor::pointer self, caf::timespan keep,
                     store_actor<store::sweep> store)
  : self_(self), keep_(keep), store_(std::move(store)), limit_(most_rows) {}

void row_sweep::start(std::function<void()> done) {
  done_ = std::move(done);
  sweep();
}

void row_sweep::sweep() {
  if (!done_)
    return;
  pace_.begin(self_->clock().now());
  const auto keep = std::chrono::duration_cast<std::chrono::seconds>(keep_);
  self_->request(store_, caf::infinite, store::sweep{kinds.at(kind_), keep, limit_})
    .then([me = shared_from_this()](const store::swept& x) { me->on_swept(x); },
          [me = shared_from_this()](const caf::error& err) { me->on_failed(err); });
}

void row_sweep::sweep_later() {
  run_after(self_, pace_.pause(self_->clock().now()), [me = shared_from_this()] { me->sweep(); });
}

void row_sweep::on_swept(const store::swept& x) {
  rows_ += x.rows;
  limit_ = std::min(limit_ * 2, most_rows);
  if (x.more)
    sweep_later();
  else
    next_kind();
}

/// A batch that took too long was undone: a smaller one may pass.
void row_sweep::on_failed(const caf::error& err) {
  if (err == ec::timed_out && limit_ > least_rows) {
    limit_ = std::max(limit_ / 4, least_rows);
    return sweep_later();
  }
  log::warn("janitor.sweep_failed", "kind", to_string(kinds.at(kind_)), "error", err);
  next_kind();
}

void row_sweep::next_kind() {
  limit_ = most_rows;
  if (++kind_ < kinds.size())
    return sweep();
  log::info("janitor.swept", "rows", rows_);
  if (auto done = std::exchange(done_, nullptr))
    done();
}

} // namespace neurocards
