#include "domain/traces.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace neurocards::traces {

namespace {

using nlohmann::json;

const json* member(const json& from, std::string_view name) {
  const auto found = from.find(name);
  return found == from.end() ? nullptr : &*found;
}

std::string text(const json& from, std::string_view name) {
  const auto* found = member(from, name);
  return found && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Unix seconds with a fraction, in nanoseconds: exact to the millisecond, as the history is.
std::optional<int64_t> moment(const json& from, std::string_view name) {
  const auto* found = member(from, name);
  if (!found || !found->is_number())
    return std::nullopt;
  return std::llround(found->get<double>() * 1000) * 1'000'000;
}

std::vector<const json*> objects(const json& from, std::string_view name) {
  std::vector<const json*> result;
  if (const auto* list = member(from, name); list && list->is_array())
    for (const auto& x : *list)
      if (x.is_object())
        result.push_back(&x);
  return result;
}

std::string trace_of(std::string id) {
  std::erase(id, '-');
  return id;
}

/// FNV-1a: told apart within a trace is all that an id must be, and 0 is none.
std::string span_id(const std::string& trace, const std::string& place) {
  uint64_t hash = 14695981039346656037U;
  for (const auto* part : {&trace, &place})
    for (const char c : *part)
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  hash = hash == 0 ? 1 : hash;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result(16, '0');
  for (auto place_of_digit = result.rbegin(); place_of_digit != result.rend(); ++place_of_digit) {
    *place_of_digit = digits[hash & 15];
    hash >>= 4;
  }
  return result;
}

/// Adds what is known of these members.
void describe(span& to, const json& from, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto* found = member(from, name);
    if (!found || found->is_null())
      continue;
    to.attributes.emplace_back(name,
                               found->is_string() ? found->get<std::string>() : found->dump());
  }
}

std::optional<span> order_of(const json& job) {
  const auto begin = moment(job, "created_at");
  auto end = moment(job, "finished_at");
  const auto trace = trace_of(text(job, "id"));
  if (!begin || !end || trace.size() != 32)
    return std::nullopt;
  for (const auto* stage : objects(job, "stages"))
    end = std::max(*end, moment(*stage, "end").value_or(0));
  span result{trace, span_id(trace, "order"), {}, "order", *begin, *end, false, {}};
  result.failed = text(job, "status") == "failed";
  describe(result, job, {"status", "class", "template_type", "model", "attempts"});
  return result;
}

/// Each time that a node had the job. One whose end nobody wrote down lasted as long as the order.
std::vector<span> attempts_of(const json& job, const span& order) {
  std::vector<span> result;
  for (const auto* x : objects(job, "tries")) {
    const auto begin = moment(*x, "started_at");
    if (!begin)
      continue;
    const auto end = moment(*x, "ended_at").value_or(order.end_ns);
    span next{order.trace, span_id(order.trace, "attempt" + std::to_string(result.size())),
              order.id,    "attempt",
              *begin,      std::max(*begin, end),
              false,       {}};
    const auto outcome = text(*x, "outcome");
    next.failed = !outcome.empty() && outcome != "completed" && outcome != "released";
    describe(next, *x, {"attempt", "node", "outcome"});
    result.push_back(std::move(next));
  }
  return result;
}

const span& parent_of(std::string_view stage, int64_t begin, const span& order,
                      const std::vector<span>& attempts) {
  if (stage == "wait" || stage == "deliver")
    return order;
  const auto found = std::find_if(attempts.rbegin(), attempts.rend(), [begin](const span& x) {
    return x.begin_ns <= begin && begin <= x.end_ns;
  });
  return found == attempts.rend() ? order : *found;
}

json attribute(std::string_view name, std::string_view value) {
  return {{"key", name}, {"value", {{"stringValue", value}}}};
}

json to_json(const span& x) {
  constexpr int internal = 1; // SPAN_KIND_INTERNAL
  constexpr int error = 2;    // STATUS_CODE_ERROR
  json result{{"traceId", x.trace},
              {"spanId", x.id},
              {"name", x.name},
              {"kind", internal},
              {"startTimeUnixNano", std::to_string(x.begin_ns)},
              {"endTimeUnixNano", std::to_string(x.end_ns)},
              {"attributes", json::array()}};
  if (!x.parent.empty())
    result["parentSpanId"] = x.parent;
  for (const auto& [name, value] : x.attributes)
    result["attributes"].push_back(attribute("neurocards." + name, value));
  if (x.failed)
    result["status"] = {{"code", error}};
  return result;
}

} // namespace

std::vector<span> spans_of(std::string_view history) {
  const auto job = json::parse(history, nullptr, false);
  if (!job.is_object())
    return {};
  const auto order = order_of(job);
  if (!order)
    return {};
  std::vector<span> result{*order};
  const auto attempts = attempts_of(job, *order);
  result.insert(result.end(), attempts.begin(), attempts.end());
  size_t number = 0;
  for (const auto* stage : objects(job, "stages")) {
    const auto begin = moment(*stage, "start");
    const auto end = moment(*stage, "end");
    if (!begin || !end)
      continue;
    const auto name = text(*stage, "stage");
    span next{order->trace,
              span_id(order->trace, "stage" + std::to_string(number++)),
              parent_of(name, *begin, *order, attempts).id,
              name,
              *begin,
              std::max(*begin, *end),
              false,
              {}};
    describe(next, *stage, {"node", "attempt"});
    result.push_back(std::move(next));
  }
  return result;
}

bool awaits_delivery(std::string_view history) {
  const auto job = json::parse(history, nullptr, false);
  if (!job.is_object())
    return false;
  const auto stages = objects(job, "stages");
  return !stages.empty() && text(*stages.back(), "stage") == "deliver"
         && !moment(*stages.back(), "end");
}

std::string otlp_json(const std::vector<span>& spans, std::string_view node,
                      std::string_view version) {
  auto list = json::array();
  for (const auto& x : spans)
    list.push_back(to_json(x));
  const json resource{
    {"attributes",
     {attribute("service.name", "neurocards"), attribute("service.version", version),
      attribute("service.instance.id", node)}}};
  const json scope{{"scope", {{"name", "neurocards"}}}, {"spans", std::move(list)}};
  const json all{{"resourceSpans", {{{"resource", resource}, {"scopeSpans", {scope}}}}}};
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace neurocards::traces
