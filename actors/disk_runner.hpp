#pragma once

#include "actors/temporary_file.hpp"
#include "clients/file_worker.hpp"
#include "clients/storage.hpp"

#include <functional>
#include <memory>

namespace neurocards {

/// Has blocking disk work done somewhere else and tells the result, from whatever thread.
using disk_runner =
  std::function<void(std::function<storage::result()>, storage::file_worker::callback)>;

/// Runs on a thread that all holders of the result share.
disk_runner run_on(std::shared_ptr<storage::file_worker>);

/// Removes temporary files where the other disk work is done.
temporary_file::remover remove_on(disk_runner);

} // namespace neurocards
