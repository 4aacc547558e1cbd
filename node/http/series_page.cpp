#include "node/http/series_page.hpp"

#include "node/operators.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::series_page {

namespace {

using nlohmann::json;

constexpr size_t most_names = 50;
constexpr auto default_since = std::chrono::minutes{5};

json series_json(const std::string& name, const series_history::answer& x) {
  return {{"name", name}, {"step_s", x.step.count()}, {"points", x.points}};
}

std::string dump(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::variant<query, std::string> parse(const http_server::request& r) {
  query result;
  result.since = default_since;
  for (const auto& [key, value] : r.query)
    if (key == "name" && !value.empty())
      result.names.push_back(value);
  if (result.names.size() > most_names)
    return "name: write 50 of them at most";
  const std::string since{r.param("since")};
  if (since.empty())
    return result;
  std::chrono::milliseconds length{};
  if (const auto fault = operators::read_length(since, length); !fault.empty())
    return "since: " + fault;
  if (length > series_history::longest_past)
    return "since: write 4h at most";
  result.since = std::chrono::ceil<std::chrono::seconds>(length);
  return result;
}

std::string compose(const query& asked, const std::vector<series_history::answer>& found) {
  if (found.size() == 1)
    return dump(series_json(asked.names[0], found[0]));
  auto list = json::array();
  for (size_t i = 0; i < found.size(); ++i)
    list.push_back(series_json(asked.names[i], found[i]));
  return dump({{"series", list}});
}

std::string compose_names(const std::vector<std::string>& names) {
  return dump({{"names", names}});
}

} // namespace neurocards::series_page
