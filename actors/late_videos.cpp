#include "actors/late_videos.hpp"

#include "actors/timer_wheel.hpp"
#include "base/jitter.hpp"

#include <filesystem>

namespace neurocards {

namespace {

constexpr int tasks_per_round = 100;

void remove_file(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

} // namespace

late_videos::late_videos(janitor_actor::pointer self, late_videos_config config,
                         std::shared_ptr<const generation_context> context, gift_store_actor store)
  : self_(self), config_(config), context_(std::move(context)), store_(std::move(store)) {}

janitor_actor::behavior_type late_videos::make_behavior() {
  return {
    [this](gained_atom) {
      leading_ = true;
      ++term_;
      rest();
    },
    [this](lost_atom) {
      leading_ = false;
      ++term_;
      tasks_.clear();
    },
    [this](drain_atom) { self_->quit(); },
  };
}

void late_videos::rest() {
  run_after(self_, with_jitter(config_.interval), [this, term = term_] {
    if (term == term_)
      begin_round();
  });
}

void late_videos::rest_if(uint64_t term) {
  if (term == term_)
    rest();
}

void late_videos::begin_round() {
  ++round_;
  self_->request(store_, caf::infinite, store::late_tasks{tasks_per_round})
    .then(
      [this, term = term_](store::late_task_page& page) {
        if (term != term_)
          return;
        tasks_ = {page.tasks.begin(), page.tasks.end()};
        next();
      },
      [this, term = term_](const caf::error& err) {
        log::warn("late_videos.tasks_not_read", "error", err);
        rest_if(term);
      });
}

void late_videos::next() {
  if (tasks_.empty())
    return rest();
  self_->request(context_->keys, caf::infinite, query_slot{tasks_.front().key, round_})
    .then(
      [this, term = term_](const query_turn& turn) {
        run_after(self_, turn.wait, [this, term, key = turn.value] {
          if (term == term_)
            look(key);
        });
      },
      [this, term = term_](const caf::error&) { rest_if(term); });
}

void late_videos::look(const secret& key) {
  if (key.empty()) { // there are no keys
    tasks_.pop_front();
    return next();
  }
  self_->request(context_->http, caf::infinite, context_->kie.record_info(key, tasks_.front().task))
    .then(
      [this, term = term_](const http::response& got) {
        if (term == term_)
          on_look(kie::parse_record_info(got));
      },
      [this, term = term_](const caf::error&) { rest_if(term); });
}

void late_videos::on_look(const kie::task_state& state) {
  if (const auto* done = std::get_if<kie::succeeded>(&state))
    return fetch(done->url);
  if (std::holds_alternative<kie::failed>(state) && !kie::contradicts_itself(state))
    return settle();
  tasks_.pop_front(); // nothing to tell yet: the next round looks again
  next();
}

void late_videos::fetch(const std::string& url) {
  const auto file = context_->files->temporary_file(".mp4");
  const auto limit =
    std::chrono::duration_cast<std::chrono::milliseconds>(context_->settings.download_timeout);
  self_
    ->request(context_->http, caf::infinite,
              kie::download(url, file, kie::max_video_bytes, limit, context_->private_downloads))
    .then(
      [this, file, term = term_](const http::response& got) {
        if (term != term_)
          return;
        if (kie::brought_video(got))
          return keep(file);
        log::warn("late_videos.download_failed", "job", tasks_.front().job, "signal",
                  got.ok() ? "no MP4 but " + got.content_type
                           : kie::describe(kie::download_signal(got)));
        remove_file(file);
        tasks_.pop_front();
        next();
      },
      [this, term = term_](const caf::error&) { rest_if(term); });
}

void late_videos::keep(const std::string& file) {
  const storage_key video{"videos/late-" + tasks_.front().token + ".mp4"};
  self_->request(context_->objects, caf::infinite, put_file{file, video, "video/mp4"})
    .then(
      [this, video, term = term_](const put_result& got) {
        if (term == term_)
          give(video, got.bytes);
      },
      [this, file, term = term_](const caf::error& err) {
        log::warn("late_videos.not_stored", "error", err);
        remove_file(file);
        rest_if(term);
      });
}

void late_videos::give(const storage_key& video, int64_t bytes) {
  const auto task = tasks_.front();
  self_->request(store_, caf::infinite, store::give_video{task.token, video, bytes})
    .then(
      [this, task, term = term_](store::transition how) {
        if (how == store::transition::done)
          log::info("late_videos.given", "job", task.job, "task", task.task);
        context_->counts.kie_orphans("late").inc();
        if (term != term_)
          return;
        tasks_.pop_front();
        next();
      },
      [this, term = term_](const caf::error&) { rest_if(term); });
}

void late_videos::settle() {
  self_->request(store_, caf::infinite, store::settle_task{tasks_.front().token})
    .then(
      [this, term = term_](store::transition) {
        if (term != term_)
          return;
        tasks_.pop_front();
        next();
      },
      [this, term = term_](const caf::error&) { rest_if(term); });
}

} // namespace neurocards
