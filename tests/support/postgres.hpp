#pragma once

#include "db/database.hpp"
#include "tests/support/databases.hpp"

#include <future>

namespace neurocards::test {

/// The lanes of a migrated database, asked one question at a time.
class lanes {
public:
  explicit lanes(db::database_config config) : database_(std::move(config)) {}

  template <class Request>
  caf::expected<typename Request::answer> ask(Request request) {
    return start(std::move(request)).get();
  }

  /// For asking several questions at once.
  template <class Request>
  std::future<caf::expected<typename Request::answer>> start(Request request) {
    using answer = caf::expected<typename Request::answer>;
    auto promise = std::make_shared<std::promise<answer>>();
    auto result = promise->get_future();
    database_.submit(std::move(request), [promise](answer x) { promise->set_value(std::move(x)); });
    return result;
  }

  db::database& operator*() { return database_; }
  db::database* operator->() { return &database_; }

private:
  db::database database_;
};

/// What the fixture of most cases looks like.
struct store_fixture {
  migrated_database db;
  lanes ask{{.connection = db.config()}};
};

} // namespace neurocards::test
