#include "actors/photo_offer.hpp"

#include "actors/post.hpp"
#include "actors/run_after.hpp"
#include "actors/temporary_file.hpp"
#include "base/jitter.hpp"
#include "clients/crypto.hpp"

#include <filesystem>
#include <fstream>

namespace neurocards {

using namespace std::chrono_literals;

namespace {

/// How long the provider may fetch a photo by its link: a creation may wait in the provider's own
/// queue.
constexpr auto photo_link_life = std::chrono::hours{24};

constexpr int max_uploads = 3; // each with the next key in turn

/// A name no other upload has: the provider overwrites equal ones.
std::string upload_name(const storage_key& photo) {
  return to_string(uuid::random()) + std::filesystem::path{photo.value}.extension().string();
}

} // namespace

photo_offer::photo_offer(job_hold& hold, job_settlement& settlement, std::function<void()> ready)
  : hold_(hold), settlement_(settlement), ready_(std::move(ready)) {}

void photo_offer::offer(photo_forms::form form) {
  wanted_ = photo_forms::key_of(form, hold_.job().photo);
  is_made_ = form == photo_forms::form::kept;
  url_.clear();
  offer_again();
}

void photo_offer::offer_again() {
  if (hold_.draining())
    return hold_.end("released");
  if (hold_.service().photo_in_request)
    open({});
  else if (hold_.context().public_url.empty() || way_ == way::upload)
    upload_with_any_key();
  else if (!is_made_)
    make();
  else
    link();
}

/// Whoever opens a form has it made.
void photo_offer::make() {
  hold_.self()
    ->request(hold_.context().objects, caf::infinite, open_file{wanted_})
    .then(
      [this](const opened_file& form) {
        const temporary_file unused{form.path, form.temporary};
        is_made_ = true;
        link();
      },
      [this](const caf::error& err) { on_fault(err); });
}

void photo_offer::link() {
  hold_.self()
    ->request(hold_.context().objects, caf::infinite, link_file{wanted_, photo_link_life})
    .then(
      [this](const file_link& found) {
        // The provider refuses links with a query, which those to an object store have.
        const bool fit = !found.url.empty() && found.url.find('?') == std::string::npos;
        way_ = fit ? way::link : way::upload;
        if (!fit)
          return upload_with_any_key();
        on_ready(found.url);
      },
      [this](const caf::error& err) { on_fault(err); });
}

void photo_offer::upload_with_any_key() {
  choose_key([this](caf::timespan wait) {
    settlement_.postpone(wait, "every key of the provider cools down");
  });
}

void photo_offer::choose_key(std::function<void(caf::timespan wait)> none) {
  hold_.self()
    ->request(hold_.provider().keys, caf::infinite, neurocards::choose_key{})
    .then(
      [this, none = std::move(none)](const found_key& found) {
        if (found.value.empty())
          return none(found.wait);
        hold_.job().key = found.key; // the one whose cooldown begins if the provider refuses it
        open(found.value);
      },
      hold_.on_fault("choose_key"));
}

void photo_offer::open(const secret& key) {
  hold_.self()
    ->request(hold_.context().objects, caf::infinite, open_file{wanted_})
    .then(
      [this, key](const opened_file& photo) {
        if (hold_.service().photo_in_request)
          read(photo);
        else
          upload(photo, key);
      },
      [this](const caf::error& err) { on_fault(err); });
}

void photo_offer::upload(const opened_file& photo, const secret& key) {
  auto file = std::make_shared<temporary_file>(photo.path, photo.temporary);
  hold_.self()
    ->request(
      hold_.provider().http, caf::infinite,
      hold_.service().upload(key, photo.path, upload_name(wanted_), storage::content_type(wanted_)))
    .then(
      [this, file](const http::response& got) {
        *file = {};
        on_uploaded(got);
      },
      hold_.on_fault("upload_photo"));
}

/// Where other disk work is done: an actor never waits for a disk.
void photo_offer::read(const opened_file& photo) {
  auto file = std::make_shared<temporary_file>(photo.path, photo.temporary);
  auto content = std::make_shared<std::string>();
  hold_.context().disk(
    [path = photo.path, content] {
      std::ifstream in{path, std::ios::binary};
      content->assign(std::istreambuf_iterator<char>{in}, {});
      return storage::result{};
    },
    [this, file, content, me = caf::weak_actor_ptr{hold_.self()->ctrl()}](const storage::result&) {
      post(me, [this, file, content] {
        *file = {};
        on_read(*content);
      });
    });
}

void photo_offer::on_read(const std::string& content) {
  if (content.empty())
    return on_unavailable(caf::make_error(ec::unavailable, "read_photo", "nothing was read"));
  way_ = way::inside;
  on_ready("data:" + storage::content_type(wanted_) + ";base64," + crypto::base64(content));
}

void photo_offer::on_fault(const caf::error& err) {
  if (err == ec::file_missing) {
    settlement_.origin = failure_origin::job; // says nothing of the provider
    return settlement_.settle_temporary("the photo is missing from storage");
  }
  if (err == ec::rejected) // kept before photos were prepared
    return settlement_.fail(
      {failure_class::user_violation, to_string(err), "invalid image: the photo cannot be read"});
  on_unavailable(err);
}

/// Our storage's trouble is not the user's: the job waits.
void photo_offer::on_unavailable(const caf::error& err) {
  if (worth_a_line(++storage_waits_))
    log::error("job.photo_unavailable", "job", hold_.job().id, "error", err, "advice",
               "check the settings of storage; the job waits");
  run_after(hold_.self(), with_jitter(10s), [this] { offer_again(); });
}

void photo_offer::on_uploaded(const http::response& got) {
  if (got.outcome == http::outcome::local_fault)
    return on_unavailable(caf::make_error(ec::unavailable, "upload_photo", got.error));
  const auto result = hold_.service().read_upload(got);
  if (const auto* url = std::get_if<std::string>(&result)) {
    hold_.context().counts.provider_calls("upload", "done").inc();
    return on_ready(*url);
  }
  const auto& signal = std::get<provider::signal>(result);
  hold_.context().counts.provider_calls("upload", "failed").inc();
  const auto verdict = hold_.service().classify(signal);
  if (verdict.cls == failure_class::user_violation) // no other key would take it
    return settlement_.settle(signal);
  const auto cooldown = verdict.cooldown;
  if (cooldown == provider::cooldown_scope::key || cooldown == provider::cooldown_scope::account)
    return on_key_refused(signal);
  if (++uploads_ >= max_uploads)
    return settlement_.settle(signal);
  log::warn("job.upload_failed", "job", hold_.job().id, "try", uploads_, "signal",
            provider::describe(signal));
  settlement_.weigh([this, signal](failure_origin origin) { retry(signal, origin); });
}

/// With the same photo, unless it is known already that the provider's host, or our way to it, is
/// to blame.
void photo_offer::retry(const provider::signal& signal, failure_origin origin) {
  if (origin != failure_origin::job
      && hold_.service().classify(signal).cls == failure_class::temporary) {
    settlement_.origin = origin;
    return settlement_.settle(signal);
  }
  const caf::timespan at_least = signal.retry_after.value_or(0ms);
  run_after(hold_.self(), std::max(backoff(uploads_, 2s, 1min), at_least),
            [this] { offer_again(); });
}

/// Says nothing of the photo: the next key tries at once, as long as one is left that is in no
/// cooldown, and that is no attempt.
void photo_offer::on_key_refused(const provider::signal& signal) {
  size_t keys = 0;
  for (const auto& account : hold_.provider().accounts)
    keys += account.keys.size();
  if (++keys_refused_ >= keys)
    return settlement_.settle(signal);
  log::warn("job.upload_key_refused", "job", hold_.job().id, "key", hold_.job().key, "signal",
            provider::describe(signal));
  settlement_.begin_cooldown(signal, [this, signal] {
    choose_key([this, signal](caf::timespan) { settlement_.decide_by(signal); });
  });
}

void photo_offer::on_ready(std::string url) {
  url_ = std::move(url);
  ready_at_ = hold_.self()->clock().now();
  ready_();
}

bool photo_offer::upload_instead(const provider::signal& signal) {
  if (way_ != way::link)
    return false;
  log::warn("job.link_refused", "job", hold_.job().id, "signal", provider::describe(signal),
            "advice",
            "see that http.public-url leads here from the internet; the photo is uploaded");
  way_ = way::upload;
  offer_again();
  return true;
}

void photo_offer::describe(store::record_intent& intent) const {
  if (url_.empty())
    return;
  intent.photo = way_ == way::link ? "link" : way_ == way::inside ? "inside" : "upload";
  intent.photo_age = hold_.since(ready_at_);
}

} // namespace neurocards
