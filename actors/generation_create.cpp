#include "actors/generation_commit.hpp"

#include <filesystem>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

/// How long KIE may fetch a photo by its link: a creation may wait in KIE's own queue.
constexpr auto photo_link_life = std::chrono::hours{24};

std::vector<std::string> slugs(const models::catalogue& catalogue) {
  std::vector<std::string> result;
  for (const auto& model : catalogue)
    result.push_back(model.slug);
  return result;
}

} // namespace

void generation::offer_photo() {
  if (draining_)
    return end("released");
  if (!context_->public_url.empty() || !photo_url_.empty()) {
    self_->request(context_->objects, caf::infinite, link_file{job_.photo, photo_link_life})
      .then(
        [this](const file_link& link) {
          photo_url_ = link.url;
          announce();
        },
        [this](const caf::error& err) { fault(err, "link_photo"); });
    return;
  }
  self_->request(context_->objects, caf::infinite, open_file{job_.photo})
    .then([this](const opened_file& photo) { upload_photo(photo); },
          [this](const caf::error& err) {
            if (err == ec::file_missing)
              return settle_temporary("the photo is missing from storage");
            run_after(self_, with_jitter(5s), [this] { offer_photo(); });
          });
}

void generation::upload_photo(const opened_file& photo) {
  self_->request(context_->keys, caf::infinite, find_key{})
    .then(
      [this, photo](const found_key& key) {
        const auto extension = std::filesystem::path{job_.photo.value}.extension().string();
        auto what = context_->kie.upload(key.value, photo.path, to_string(uuid::random()) + extension,
                                         storage::content_type(job_.photo));
        self_->request(context_->http, caf::infinite, std::move(what))
          .then(
            [this, photo](const http::response& got) {
              if (photo.temporary)
                std::filesystem::remove(photo.path);
              on_uploaded(got);
            },
            [this](const caf::error& err) { fault(err, "upload_photo"); });
      },
      [this](const caf::error& err) { fault(err, "find_key"); });
}

void generation::on_uploaded(const http::response& got) {
  const auto result = kie::parse_upload(got);
  if (const auto* why = std::get_if<kie::signal>(&result)) {
    context_->counts.kie_calls("upload", "failed").inc();
    return settle(*why);
  }
  context_->counts.kie_calls("upload", "done").inc();
  photo_url_ = std::get<std::string>(result);
  announce();
}

void generation::announce() {
  if (draining_)
    return end("released");
  job_.intent_token = to_string(uuid::random());
  commit(store::record_intent{node_, job_.id, job_.intent_token, context_->accounts,
                              context_->settings.create_budget,
                              slugs(context_->settings.models)},
         [this](const store::intent_outcome& got) { on_intent(got); });
}

void generation::on_intent(const store::intent_outcome& got) {
  using verdict = store::intent_outcome::verdict;
  switch (got.what) {
    case verdict::granted:
      job_.key = got.key;
      job_.model = got.model;
      self_->request(context_->keys, caf::infinite, find_key{got.key})
        .then([this](const found_key& key) { create(key.value); },
              [this](const caf::error& err) { fault(err, "find_key"); });
      return;
    case verdict::wait:
      run_after(self_, got.wait, [this] { announce(); });
      return;
    case verdict::no_key: return postpone(got.wait, "every KIE key rests");
    case verdict::no_model: return postpone(got.wait, "every model rests");
    case verdict::lease_lost: return on_transition(store::transition::lease_lost, "");
  }
}

void generation::create(const secret& key) {
  const auto* chosen = models::find(context_->settings.models, job_.model);
  std::string callback;
  if (!context_->public_url.empty())
    callback = context_->public_url + "/kie/callback/" + job_.intent_token;
  creating_ = true;
  auto body = models::create_task_body(*chosen, job_.prompt, photo_url_, callback);
  self_->request(context_->http, caf::infinite, context_->kie.create_task(key, std::move(body)))
    .then([this](const http::response& got) { on_created(got); },
          [this](const caf::error& err) { fault(err, "create_task"); });
}

void generation::on_created(const http::response& got) {
  const auto result = kie::parse_created(got);
  if (const auto* made = std::get_if<kie::created>(&result)) {
    context_->counts.kie_calls("create_task", "created").inc();
    return save_task(made->task);
  }
  const auto why = std::get<kie::signal>(result);
  if (!kie::classify(why).maybe_created) {
    context_->counts.kie_calls("create_task", "refused").inc();
    creating_ = false;
    return settle(why);
  }
  // The task may exist and be paid for. If it does, KIE calls back, or its video comes as a gift.
  context_->counts.kie_calls("create_task", "in_doubt").inc();
  log::warn("job.creation_in_doubt", "job", job_.id, "signal", kie::describe(why));
  creating_ = false;
  if (draining_)
    return end("released");
  wait_for_orphan(context_->settings.orphan_grace, [this, why] { settle(why); });
}

void generation::save_task(const kie_task_id& task) {
  job_.task = task;
  job_.task_created_at = std::chrono::system_clock::now();
  log::info("job.task_created", "job", job_.id, "task", task, "model", job_.model, "key", job_.key);
  commit(store::record_task{node_, job_.id, task}, [this](store::transition how) {
    if (how == store::transition::done)
      return watch(false);
    // Somebody else has the job, but not this task: bring it home by its token.
    commit(store::adopt_task{job_.intent_token, job_.task},
           [this](const store::adoption&) { on_transition(store::transition::lease_lost, ""); });
  });
}

} // namespace neurocards
