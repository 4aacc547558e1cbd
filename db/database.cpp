#include "db/database.hpp"

#include "db/lane.hpp"
#include "protocol/store/catalogue.hpp"

namespace neurocards::db {

namespace {

template <class Request>
void add(scheduler& to, void* request, void* done) {
  auto& typed = *static_cast<Request*>(request);
  auto& then = *static_cast<completion<typename Request::answer>*>(done);
  to.add(std::move(typed), std::move(then));
}

constexpr auto adders =
  store::all_requests::visit([]<class... Requests>() { return std::array{&add<Requests>...}; });

} // namespace

class database::impl {
public:
  explicit impl(database_config config) : queues(config) {
    config.connection.lock_timeout = config.lock_wait;
    try {
      for (const auto own : {way::pulse, way::inbox})
        lanes.push_back(std::make_unique<lane>(config.connection, queues, dog, own));
      for (int i = 0; i < config.lanes; ++i)
        lanes.push_back(std::make_unique<lane>(config.connection, queues, dog, way::common));
    } catch (...) { // no thread to be had: those that run wait for the end before they are joined
      queues.stop();
      throw;
    }
  }

  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  ~impl() {
    queues.stop();
    lanes.clear();
    queues.fail_all(caf::make_error(ec::shutting_down, "the database lanes are closed"));
  }

  watchdog dog;
  scheduler queues;
  std::vector<std::unique_ptr<lane>> lanes;
};

database::database(database_config config) : impl_(std::make_unique<impl>(std::move(config))) {
  // nop
}

database::~database() = default;

void database::submit(size_t position, void* request, void* done) {
  adders.at(position)(impl_->queues, request, done);
}

database_stats database::stats() const {
  database_stats result;
  result.kinds = impl_->queues.stats();
  for (const auto& x : impl_->lanes) {
    result.lanes_connected += x->connected() ? 1 : 0;
    result.connections_lost += x->connections_lost();
  }
  return result;
}

} // namespace neurocards::db
