#include "domain/ended.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::ended {

namespace {

using nlohmann::json;

int64_t whole(const json& from, std::string_view name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::string text(const json& from, std::string_view name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Clocks may be set back meanwhile: nothing lasts less than no time.
std::chrono::milliseconds length(const json& x) {
  return std::chrono::milliseconds{std::max<int64_t>(0, x.get<int64_t>())};
}

std::optional<job> read_job(const json& from) {
  if (!from.is_object())
    return std::nullopt;
  const auto id = uuid::parse(text(from, "id"));
  if (!id)
    return std::nullopt;
  job result;
  result.id = job_id{*id};
  const auto completed = from.find("completed");
  result.completed = completed != from.end() && *completed == true;
  if (!result.completed)
    result.cls = text(from, "class");
  result.took = std::chrono::milliseconds{std::max<int64_t>(0, whole(from, "took"))};
  if (const auto hit = from.find("hit"); hit != from.end() && hit->is_boolean())
    result.hit = hit->get<bool>();
  const auto stages = from.find("stages");
  if (stages == from.end() || !stages->is_object())
    return result;
  for (size_t i = 0; i < job_stage_names.size(); ++i)
    if (const auto found = stages->find(job_stage_names[i]);
        found != stages->end() && found->is_number_integer())
      result.stages[i] = length(*found);
  return result;
}

} // namespace

std::optional<news> parse(std::string_view text) {
  const auto all = json::parse(text, nullptr, false);
  if (!all.is_object())
    return std::nullopt;
  news result;
  if (const auto jobs = all.find("jobs"); jobs != all.end() && jobs->is_array())
    for (const auto& x : *jobs)
      if (auto read = read_job(x))
        result.jobs.push_back(std::move(*read));
  if (const auto credits = all.find("credits"); credits != all.end() && credits->is_object())
    for (const auto& [kind, x] : credits->items())
      if (x.is_object())
        result.credits[kind] = {whole(x, "times"), whole(x, "amount")};
  return result;
}

} // namespace neurocards::ended
