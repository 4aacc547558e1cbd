#pragma once

#include "clients/storage.hpp"
#include "protocol/work.hpp"

#include <functional>
#include <string>

#include <caf/error.hpp>
#include <caf/typed_response_promise.hpp>

namespace neurocards {

/// One request of an interface, over all its tries.
struct storage_operation {
  std::string action; // "put", …
  storage_key key;
  std::function<storage::action()> make; // anew for every try: S3 signatures age
  std::function<void(storage::result&)> done;
  std::function<void(caf::error)> failed;
  int tries = 0;
};

/// An opened video that is being summarized.
struct opened_video {
  opened_file file;
  caf::typed_response_promise<opened_file> promise;
};

} // namespace neurocards
