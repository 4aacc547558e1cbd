#include "bench/promises.hpp"

#include "db/migrate.hpp"

#include <stdexcept>

namespace neurocards::bench {

void require_promises(const test::empty_database& db, const std::string& measured) {
  const auto on = db::connect({.url = db.url(),
                               .statement_timeout = std::chrono::minutes{30}, // of big histories
                               .lock_timeout = {}});
  const auto broken = db::broken_promises(*on, test::our_schema(), std::chrono::seconds{30});
  if (broken.empty())
    return;
  const auto& first = broken.front();
  throw std::runtime_error(measured + ": " + std::to_string(broken.size())
                           + " broken promises; the first: " + first.promise + ", " + first.subject
                           + " (" + first.detail + ")");
}

} // namespace neurocards::bench
