#include "actors/photo_darkroom.hpp"

#include "actors/post.hpp"
#include "base/log.hpp"
#include "clients/pictures.hpp"

namespace neurocards {

using photo_forms::form;

namespace {

/// Blocking: for the darkroom's thread.
pictures::outcome develop_now(form wanted, const std::string& from, const std::string& to) {
  if (wanted == form::vertical)
    return pictures::frame_vertically(from, to);
  return pictures::prepare(from, to,
                           wanted == form::small ? images::small_side : images::longest_side);
}

} // namespace

photo_darkroom::photo_darkroom(object_store_actor::pointer self, object_store_actor store,
                               std::shared_ptr<const storage::store> files, disk_runner darkroom)
  : self_(self), store_(std::move(store)), files_(std::move(files)),
    darkroom_(std::move(darkroom)) {}

object_store_actor::behavior_type photo_darkroom::make_behavior() {
  return {
    [this](const put_file& request) -> caf::result<put_result> {
      return self_->delegate(store_, request);
    },
    [this](const open_file& wanted) { return open(wanted); },
    [this](const link_file& wanted) -> caf::result<file_link> {
      return self_->delegate(store_, wanted);
    },
    [this](const drop_file& gone) { return drop(gone); },
  };
}

caf::result<opened_file> photo_darkroom::open(const open_file& wanted) {
  if (photo_forms::form_of(wanted.key).made == form::kept)
    return self_->delegate(store_, wanted);
  auto promise = self_->make_response_promise<opened_file>();
  self_->request(store_, caf::infinite, wanted)
    .then([promise](const opened_file& found) mutable { promise.deliver(found); },
          [this, key = wanted.key, promise](caf::error& reason) mutable {
            if (reason == ec::file_missing)
              make(key, promise);
            else
              promise.deliver(std::move(reason));
          });
  return promise;
}

void photo_darkroom::make(const storage_key& key, opening promise) {
  auto& all = waiting_[key];
  all.push_back(std::move(promise));
  if (all.size() > 1)
    return;
  self_->request(store_, caf::infinite, open_file{photo_forms::form_of(key).photo})
    .then([this, key](const opened_file& photo) { develop(key, photo); },
          [this, key](const caf::error& reason) { finish(key, reason); });
}

void photo_darkroom::develop(const storage_key& key, const opened_file& photo) {
  auto made = std::make_shared<pictures::outcome>();
  const auto to = files_->temporary_file(".jpg");
  const auto wanted = photo_forms::form_of(key).made;
  auto work = [made, wanted, to, from = photo.path] {
    *made = develop_now(wanted, from, to);
    return storage::result{};
  };
  auto source = std::make_shared<temporary_file>(photo.path, photo.temporary);
  darkroom_(std::move(work), [this, me = caf::weak_actor_ptr{self_->ctrl()}, made, key, to,
                              source](const storage::result& result) {
    post(me, [this, made, key, to, source, error = result.error] {
      if (made->ok() && error.empty())
        return keep(key, to);
      const temporary_file unfinished{to, remove_on(darkroom_)};
      if (made->fault)
        return finish(key, caf::make_error(ec::rejected, "prepare", to_string(key),
                                           images::to_string(*made->fault)));
      finish(key, caf::make_error(ec::unavailable, "prepare", to_string(key), made->error + error));
    });
  });
}

void photo_darkroom::keep(const storage_key& key, const std::string& file) {
  self_->request(store_, caf::infinite, put_file{file, key, storage::content_type(key)})
    .then(
      [this, key](const put_result& kept) {
        log::info("photo_darkroom.form_kept", "key", key, "bytes", kept.bytes);
        finish(key, {});
      },
      [this, key, file](const caf::error& reason) {
        const temporary_file unkept{file, remove_on(darkroom_)};
        finish(key, reason);
      });
}

void photo_darkroom::finish(const storage_key& key, const caf::error& reason) {
  auto all = std::move(waiting_.extract(key).mapped());
  for (auto& promise : all)
    if (reason)
      promise.deliver(reason);
    else
      pass_on(open_file{key}, std::move(promise));
}

void photo_darkroom::pass_on(const open_file& wanted, opening promise) {
  self_->request(store_, caf::infinite, wanted)
    .then([promise](const opened_file& found) mutable { promise.deliver(found); },
          [promise](caf::error& reason) mutable { promise.deliver(std::move(reason)); });
}

caf::result<void> photo_darkroom::drop(const drop_file& gone) {
  if (!storage::content_type(gone.key).starts_with("image/"))
    return self_->delegate(store_, gone);
  auto promise = self_->make_response_promise<void>();
  std::vector<storage_key> all{gone.key};
  for (const auto x : {form::upright, form::vertical, form::small})
    all.push_back(photo_forms::key_of(x, gone.key));
  drop_each(std::move(all), promise);
  return promise;
}

/// From the last to the first: as long as a form is left, so is the photo by whose name it is
/// found.
void photo_darkroom::drop_each(std::vector<storage_key> keys,
                               caf::typed_response_promise<void> promise) {
  if (keys.empty())
    return promise.deliver();
  const auto last = keys.back();
  keys.pop_back();
  self_->request(store_, caf::infinite, drop_file{last})
    .then([this, keys, promise] { drop_each(keys, promise); },
          [promise](caf::error& reason) mutable { promise.deliver(std::move(reason)); });
}

} // namespace neurocards
