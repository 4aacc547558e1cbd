#include "actors/retention.hpp"

namespace neurocards {

retention::retention(singleton_actor::pointer self, caf::timespan keep,
                     const retention_store_actor& store, object_store_actor objects)
  : rows_(std::make_shared<row_sweep>(self, keep, store)),
    files_(std::make_shared<file_sweep>(self, keep, store, std::move(objects))) {}

void retention::start(std::function<void()> done) {
  rows_->start(
    [files = files_, done = std::move(done)]() mutable { files->start(std::move(done)); });
}

void retention::stop() {
  rows_->stop();
  files_->stop();
}

} // namespace neurocards
