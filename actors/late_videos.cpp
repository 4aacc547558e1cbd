#include "actors/late_videos.hpp"

#include "actors/run_after.hpp"
#include "actors/video_transfer.hpp"
#include "base/jitter.hpp"

namespace neurocards {

namespace {

constexpr int tasks_per_round = 100;

} // namespace

late_videos::late_videos(singleton_actor::pointer self, late_videos_config config,
                         changing<generation_context> context, late_video_store_actor store)
  : self_(self), config_(std::move(config)), contexts_(std::move(context)),
    context_(contexts_.now()), store_(std::move(store)) {}

singleton_actor::behavior_type late_videos::make_behavior() {
  return {
    [this](gained_atom) {
      leader_.gain();
      schedule_next_round();
    },
    [this](lost_atom) {
      leader_.lose();
      tasks_.clear();
    },
    [this](drain_atom) { self_->quit(); },
  };
}

void late_videos::schedule_next_round() {
  run_after(self_, with_jitter(*config_.interval.now()),
            leader_.in_this_term([this] { begin_round(); }));
}

void late_videos::schedule_next_round_if(uint64_t term) {
  if (leader_.is(term))
    schedule_next_round();
}

void late_videos::begin_round() {
  ++round_;
  context_ = contexts_.now();
  self_->request(store_, caf::infinite, store::late_tasks{tasks_per_round})
    .then(
      [this, term = leader_.term()](store::late_task_page& page) {
        if (!leader_.is(term))
          return;
        tasks_ = {page.tasks.begin(), page.tasks.end()};
        next();
      },
      [this, term = leader_.term()](const caf::error& err) {
        log::warn("late_videos.tasks_not_read", "error", err);
        schedule_next_round_if(term);
      });
}

void late_videos::next() {
  if (tasks_.empty())
    return schedule_next_round();
  provider_ = context_->find_provider(tasks_.front().provider);
  if (!provider_) { // a newer program made it
    tasks_.pop_front();
    return next();
  }
  self_->request(provider_->keys, caf::infinite, query_slot{tasks_.front().key, round_})
    .then(
      [this, term = leader_.term()](const query_turn& turn) {
        run_after(self_, turn.wait, [this, term, key = turn.value] {
          if (leader_.is(term))
            poll(key);
        });
      },
      [this, term = leader_.term()](const caf::error&) { schedule_next_round_if(term); });
}

void late_videos::poll(const secret& key) {
  if (key.empty()) { // there are no keys
    tasks_.pop_front();
    return next();
  }
  self_->request(provider_->http, caf::infinite, provider_->service.poll(key, tasks_.front().task))
    .then(
      [this, term = leader_.term()](const http::response& got) {
        if (leader_.is(term))
          on_poll(provider_->service.read_poll(got, tasks_.front().task));
      },
      [this, term = leader_.term()](const caf::error&) { schedule_next_round_if(term); });
}

void late_videos::on_poll(const provider::task_state& state) {
  if (const auto* done = std::get_if<provider::succeeded>(&state))
    return fetch(*done);
  if (std::holds_alternative<provider::failed>(state) && !provider::contradicts_itself(state))
    return settle();
  tasks_.pop_front(); // nothing to tell yet: the next round polls again
  next();
}

void late_videos::fetch(const provider::succeeded& done) {
  const auto term = leader_.term();
  const auto leads = [this, term] { return leader_.is(term); };
  const storage_key video{"videos/late-" + tasks_.front().token + ".mp4"};
  video_transfer transfer;
  transfer.url = done.url;
  transfer.key = video;
  transfer.wanted = leads;
  transfer.stored = [this, leads, video, cost = done.cost](int64_t bytes) {
    if (leads())
      give(video, bytes, cost);
  };
  transfer.not_fetched = [this](const http::response& got) {
    log::warn("late_videos.download_failed", "job", tasks_.front().job, "signal",
              got.ok() ? "no MP4 but " + got.content_type
                       : provider::describe(provider::download_signal(got)));
    tasks_.pop_front();
    next();
  };
  transfer.not_stored = [this, term](const caf::error& err) {
    log::warn("late_videos.not_stored", "error", err);
    schedule_next_round_if(term);
  };
  transfer.failed = [this, term](const caf::error&) { schedule_next_round_if(term); };
  transfer_video(self_, *context_, provider_->http, std::move(transfer));
}

void late_videos::give(const storage_key& video, int64_t bytes, std::optional<double> cost) {
  const auto task = tasks_.front();
  store::give_video given{task.token, video, bytes};
  given.cost = cost;
  self_->request(store_, caf::infinite, std::move(given))
    .then(
      [this, task, term = leader_.term()](store::transition outcome) {
        if (outcome == store::transition::done)
          log::info("late_videos.given", "job", task.job, "task", task.task);
        context_->counts.orphans("late").inc();
        if (!leader_.is(term))
          return;
        tasks_.pop_front();
        next();
      },
      [this, term = leader_.term()](const caf::error&) { schedule_next_round_if(term); });
}

void late_videos::settle() {
  self_->request(store_, caf::infinite, store::settle_task{tasks_.front().token})
    .then(
      [this, term = leader_.term()](store::transition) {
        if (!leader_.is(term))
          return;
        tasks_.pop_front();
        next();
      },
      [this, term = leader_.term()](const caf::error&) { schedule_next_round_if(term); });
}

} // namespace neurocards
