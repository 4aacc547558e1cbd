#include "node/http/cluster_series.hpp"

#include "domain/job_stage.hpp"
#include "node/http/exposition.hpp"

#include <map>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using nlohmann::json;

std::vector<const json*> objects(const json& from, const char* name) {
  std::vector<const json*> result;
  if (const auto list = from.find(name); list != from.end() && list->is_array())
    for (const auto& x : *list)
      if (x.is_object())
        result.push_back(&x);
  return result;
}

std::string text(const json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// A label's value: whoever named a model may have used any character.
std::string plain(std::string x) {
  std::erase_if(x, [](char c) { return c == '"' || c == '\\' || c == '\n'; });
  return x;
}

void add_stages(exposition& to, const json& snapshot) {
  std::map<std::string, double, std::less<>> oldest;
  for (const auto* x : objects(snapshot, "stages"))
    if (const auto age = x->find("oldest_seconds"); age != x->end() && age->is_number())
      oldest[text(*x, "stage")] = age->get<double>();
  to.family("neurocards_stage_oldest_seconds", "gauge",
            "How long the order that is longest in the stage has been there.");
  for (const auto stage : job_stage_names) {
    const auto found = oldest.find(stage);
    to.sample(found == oldest.end() ? 0 : found->second, {{"stage", stage}});
  }
}

void add_last_minute(exposition& to, const json& snapshot) {
  to.family("neurocards_jobs_last_minute", "gauge",
            "Jobs that ended for good in the last minute, wherever they were made.");
  const auto hour = snapshot.find("last_hour");
  for (const std::string outcome : {"completed", "failed"}) {
    const auto name = outcome + "_last_minute";
    const bool is_known = hour != snapshot.end() && hour->is_object() && hour->contains(name);
    to.sample(is_known && (*hour)[name].is_number() ? (*hour)[name].get<double>() : 0,
              {{"outcome", outcome}});
  }
}

/// 1 for those of `list` that cool down, 0 for all others that are known.
void add_cooldowns(exposition& to, const json& snapshot, const char* list, const char* name,
                   std::string_view label, const std::vector<std::string>& known) {
  std::map<std::string, bool> all;
  for (const auto& x : known)
    all[x] = false;
  for (const auto* x : objects(snapshot, list)) {
    const auto cooling = x->find("resting");
    all[text(*x, name)] = cooling != x->end() && *cooling == true;
  }
  for (const auto& [value, cools] : all)
    to.sample(cools ? 1 : 0, {{label, plain(value)}});
}

bool queue_is_paused(const json& snapshot) {
  const auto paused = snapshot.find("paused");
  if (paused == snapshot.end() || !paused->is_object())
    return false;
  const auto queue = paused->find("queue");
  return queue != paused->end() && !queue->is_null();
}

} // namespace

std::string cluster_series(const json& snapshot, const known_names& names) {
  exposition to;
  add_stages(to, snapshot);
  add_last_minute(to, snapshot);
  to.family("neurocards_kie_key_cooling_down", "gauge", "1 while a KIE key is not used.");
  add_cooldowns(to, snapshot, "keys", "fingerprint", "fingerprint", names.keys);
  to.family("neurocards_kie_model_cooling_down", "gauge", "1 while a model is not used.");
  add_cooldowns(to, snapshot, "models", "model", "model", names.models);
  to.family("neurocards_queue_paused", "gauge", "1 while an operator has paused all claims.");
  to.sample(queue_is_paused(snapshot) ? 1 : 0);
  return std::move(to).text();
}

} // namespace neurocards
