#include "sandbox/kie/tasks.hpp"

#include "sandbox/clock.hpp"
#include "sandbox/kie/models.hpp"
#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox::kie {

using nlohmann::json;

tasks::tasks() : salt_(std::to_string(real_now())) {}

task& tasks::add(task t) {
  t.id = sha256(salt_ + "/" + std::to_string(++number_)).substr(0, 32);
  auto& kept = all_.emplace_back(std::move(t)); // a deque keeps its elements where they are
  by_id_[kept.id] = &kept;
  return kept;
}

task* tasks::find(const std::string& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

void tasks::clear() {
  by_id_.clear();
  all_.clear();
}

json record(const task& t, int64_t now, const std::string& result_url) {
  const auto state = t.life.state_at(now);
  const bool ended = state == task_state::success || state == task_state::fail;
  json data{{"taskId", t.id},
            {"model", t.model},
            {"state", to_string(state)},
            {"param", t.param},
            {"resultJson", ""},
            {"failCode", ""},
            {"failMsg", ""},
            {"costTime", ended ? *t.life.end() - t.life.created_at : 0},
            {"completeTime", ended ? json(*t.life.end()) : json{}},
            {"createTime", t.life.created_at},
            {"updateTime", ended ? *t.life.end() : now},
            {"creditsConsumed", state == task_state::success ? t.price : 0.0}};
  if (reports_progress(t.model))
    data["progress"] = t.life.progress(now);
  const auto rule = t.rule.empty() ? json::object() : json::parse(t.rule);
  if (state == task_state::success)
    data["resultJson"] = rule.contains("result_json")
                           ? rule["result_json"]
                           : json(json{{"resultUrls", json::array({result_url})}}.dump());
  if (state == task_state::fail) {
    data["failCode"] = json::parse(t.fail_code);
    data["failMsg"] = json::parse(t.fail_msg);
  }
  if (rule.contains("state") && !ended)
    data["state"] = rule["state"]; // a state that nobody has heard of
  return data;
}

json describe(const task& t, int64_t now) {
  const auto end = t.life.end();
  return {{"task", t.id},
          {"model", t.model},
          {"key", t.key},
          {"state", to_string(t.life.state_at(now))},
          {"created_at", t.life.created_at},
          {"ended_at", end && *end <= now ? json(*end) : json{}},
          {"polls", t.polls},
          {"callback", t.callback},
          {"image_url", t.image_url},
          {"request", json::parse(t.param)},
          {"fail_code", json::parse(t.fail_code)},
          {"fail_msg", json::parse(t.fail_msg)}};
}

} // namespace neurocards::sandbox::kie
