#include "db/rows.hpp"

#include <stdexcept>

namespace neurocards::db {

pqxx::field only(const pqxx::result& answer) {
  if (answer.size() != 1 || answer.columns() != 1)
    throw std::runtime_error{"not one field: " + std::to_string(answer.size()) + " rows of "
                             + std::to_string(answer.columns()) + " columns"};
  return answer[0][0];
}

size_t position(const pqxx::row& row) {
  return row["pos"].as<size_t>() - 1;
}

std::string text(const pqxx::field& x) {
  return x.is_null() ? std::string{} : std::string{x.c_str(), x.size()};
}

uuid id(const pqxx::field& x) {
  if (x.is_null())
    return {};
  const auto result = uuid::parse({x.c_str(), x.size()});
  if (!result)
    throw std::runtime_error{std::string{"not a uuid: "} + x.c_str()};
  return *result;
}

std::optional<store::time_point> time(const pqxx::field& microseconds) {
  if (microseconds.is_null())
    return std::nullopt;
  return store::time_point{std::chrono::microseconds{microseconds.as<int64_t>()}};
}

std::optional<std::chrono::milliseconds> age(const pqxx::field& milliseconds) {
  if (milliseconds.is_null())
    return std::nullopt;
  return std::chrono::milliseconds{milliseconds.as<int64_t>()};
}

std::vector<store::transition> transitions(const pqxx::result& positions, size_t count) {
  std::vector<store::transition> result(count, store::transition::lease_lost);
  for (const auto& row : positions)
    result.at(row[0].as<size_t>() - 1) = store::transition::done;
  return result;
}

} // namespace neurocards::db
