#include "sandbox/calls.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox {

void call_log::record(const call& request, int code, bool scripted, size_t kept) {
  auto& c = counters_[request.service + "." + request.operation];
  ++c.total;
  c.scripted += scripted ? 1 : 0;
  ++c.codes[code];
  last_.push_back({++number_, real_now(), request, code, scripted});
  while (last_.size() > kept)
    last_.pop_front();
}

nlohmann::json call_log::show(std::string_view service, std::string_view operation,
                              size_t last) const {
  using nlohmann::json;
  const auto wanted = [&](std::string_view s, std::string_view o) {
    return (service.empty() || s == service) && (operation.empty() || o == operation);
  };
  json result{{"counters", json::object()}, {"last", json::array()}};
  for (const auto& [name, c] : counters_) {
    const auto dot = name.find('.');
    if (!wanted(std::string_view{name}.substr(0, dot), std::string_view{name}.substr(dot + 1)))
      continue;
    json codes = json::object();
    for (const auto& [code, n] : c.codes)
      codes[std::to_string(code)] = n;
    result["counters"][name] = {{"total", c.total}, {"scripted", c.scripted}, {"codes", codes}};
  }
  for (auto e = last_.rbegin(); e != last_.rend() && result["last"].size() < last; ++e) {
    if (!wanted(e->request.service, e->request.operation))
      continue;
    json row{{"number", e->number},
             {"at", e->time},
             {"service", e->request.service},
             {"operation", e->request.operation},
             {"code", e->code},
             {"scripted", e->scripted}};
    for (const auto& [name, value] : e->request.about)
      row[name] = value;
    result["last"].push_back(std::move(row));
  }
  std::reverse(result["last"].begin(), result["last"].end());
  return result;
}

void call_log::clear() {
  counters_.clear();
  last_.clear();
}

} // namespace neurocards::sandbox
