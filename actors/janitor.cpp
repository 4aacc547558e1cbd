#include "actors/janitor.hpp"

#include "actors/timer_wheel.hpp"
#include "base/jitter.hpp"

namespace neurocards {

namespace {

constexpr int files_at_once = 200;
constexpr caf::timespan longest_pause = std::chrono::seconds{1}; // between looks for dead nodes

std::chrono::seconds seconds(caf::timespan x) {
  return std::chrono::duration_cast<std::chrono::seconds>(x);
}

} // namespace

janitor::janitor(janitor_actor::pointer self, janitor_config config, node_store_actor store,
                 file_store_actor files, object_store_actor objects)
  : self_(self), config_(config), store_(std::move(store)), files_(std::move(files)),
    objects_(std::move(objects)) {}

janitor_actor::behavior_type janitor::make_behavior() {
  return {
    [this](gained_atom) {
      leading_ = true;
      ++term_;
      log::info("janitor.leads");
      rescue();
      sweep();
    },
    [this](lost_atom) { leading_ = false; },
    [this](drain_atom) { self_->quit(); },
  };
}

void janitor::rescue() {
  const auto again = [this, term = term_] {
    // Soon, since everybody's jobs wait for it; it costs little while all nodes live.
    const auto pause = std::min<caf::timespan>(config_.lease / 4, longest_pause);
    run_after(self_, with_jitter(pause), [this, term] {
      if (leading_ && term == term_)
        rescue();
    });
  };
  const auto lease = std::chrono::duration_cast<std::chrono::milliseconds>(config_.lease);
  self_->request(store_, caf::infinite, store::rescue_expired_jobs{lease})
    .then(
      [this, again](const store::count& taken) {
        failures_.reset();
        if (taken.value > 0)
          log::warn("janitor.jobs_rescued", "jobs", taken.value);
        again();
      },
      [this, again](const caf::error& err) {
        if (failures_.should_log())
          log::warn("janitor.rescue_failed", "error", err, "times", failures_.count());
        again();
      });
}

void janitor::sweep() {
  const auto again = [this, term = term_] {
    run_after(self_, with_jitter(config_.sweep_interval), [this, term] {
      if (leading_ && term == term_)
        sweep();
    });
  };
  self_->request(store_, caf::infinite, store::sweep{seconds(config_.keep)})
    .then(
      [this, again](const store::count& gone) {
        log::info("janitor.swept", "rows", gone.value);
        clean_files(); // after the old drafts
        again();
      },
      [again](const caf::error& err) {
        log::warn("janitor.sweep_failed", "error", err);
        again();
      });
}

void janitor::clean_files() {
  if (!leading_)
    return;
  self_->request(files_, caf::infinite, store::take_old_files{seconds(config_.keep), files_at_once})
    .then([this](const store::old_files& taken) { remove_files(taken.keys); },
          [](const caf::error& err) { log::warn("janitor.cleaning_failed", "error", err); });
}

void janitor::remove_files(const std::vector<storage_key>& keys) {
  auto work = std::make_shared<cleaning>();
  work->left = keys.size();
  for (const auto& key : keys)
    self_->request(objects_, caf::infinite, drop_file{key})
      .then(
        [this, work, key] {
          work->gone.push_back(key);
          on_answer(work);
        },
        // The store has said why. The file stays marked and comes again with a later sweep.
        [this, work](const caf::error&) { on_answer(work); });
}

void janitor::on_answer(const std::shared_ptr<cleaning>& work) {
  if (--work->left == 0 && !work->gone.empty())
    report(*work);
}

void janitor::report(const cleaning& work) {
  const auto count = work.gone.size();
  self_->request(files_, caf::infinite, store::files_removed{work.gone})
    .then(
      [this, count](store::committed) {
        log::info("janitor.removed_files", "files", count);
        if (count == files_at_once)
          clean_files(); // there may be more
      },
      [](const caf::error& err) { log::warn("janitor.cleaning_failed", "error", err); });
}

} // namespace neurocards
