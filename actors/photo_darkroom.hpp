#pragma once

#include "actors/object_store.hpp"
#include "domain/photo_forms.hpp"

#include <map>
#include <vector>

namespace neurocards {

/// The object store with forms of photos: one that is opened and not there is made of its photo and
/// kept, once, however many wait for it; with a photo its forms are dropped. A photo that cannot be
/// read is `ec::rejected`. Dying loses nothing but answers: what is made twice is the same.
class photo_darkroom {
public:
  static constexpr const char* name = "photo_darkroom";

  photo_darkroom(object_store_actor::pointer self, object_store_actor store,
                 std::shared_ptr<const storage::store> files, disk_runner darkroom);
  object_store_actor::behavior_type make_behavior();

private:
  using opening = caf::typed_response_promise<opened_file>;

  caf::result<opened_file> open(const open_file&);
  void make(const storage_key&, opening);
  void develop(const storage_key&, const opened_file& photo);
  void keep(const storage_key&, const std::string& file);
  void finish(const storage_key&, const caf::error&);
  void pass_on(const open_file&, opening);
  caf::result<void> drop(const drop_file&);
  void drop_each(std::vector<storage_key>, caf::typed_response_promise<void>);

  object_store_actor::pointer self_;
  object_store_actor store_;
  std::shared_ptr<const storage::store> files_;
  disk_runner darkroom_;
  std::map<storage_key, std::vector<opening>> waiting_; // for forms that are being made
};

using photo_darkroom_impl = watched_impl<object_store_actor, photo_darkroom>;

} // namespace neurocards
