#include "db/failure_json.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::db {

std::string failure_json(const job_failure& x) {
  const nlohmann::json result{
    {"class", to_string(x.cls)}, {"raw", x.raw_signal}, {"signal", x.signal}};
  // `raw` is a foreign text, cut anywhere: bytes that are no UTF-8 are replaced.
  return result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace neurocards::db
