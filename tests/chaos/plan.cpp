#include "tests/chaos/plan.hpp"

#include <algorithm>

namespace neurocards::test::chaos {

using namespace std::chrono_literals;

namespace {

class dice {
public:
  explicit dice(uint64_t seed) : engine_(seed) {}

  size_t below(size_t n) { return static_cast<size_t>(engine_() % n); }

  milliseconds between(milliseconds least, milliseconds most) {
    return least + milliseconds{below(static_cast<size_t>((most - least).count()) + 1)};
  }

private:
  std::mt19937_64 engine_;
};

/// Half of what befalls a node is the hard end.
deed fate_of_node(dice& d) {
  const auto x = d.below(10);
  return x < 5 ? deed::kill : x < 8 ? deed::freeze : deed::drain;
}

event node_event(dice& d, milliseconds time, size_t nodes) {
  event x{.time = time, .kind = fate_of_node(d), .target = d.below(nodes)};
  // Shorter and longer than the lease of 3 s: some come back in time, others are fenced.
  x.length = x.kind == deed::freeze ? d.between(500ms, 6s) : d.between(100ms, 2s);
  return x;
}

} // namespace

std::string to_string(deed x) {
  switch (x) {
    case deed::order:
      return "order";
    case deed::kill:
      return "kill";
    case deed::freeze:
      return "freeze";
    case deed::drain:
      return "drain";
    case deed::reload:
      return "reload";
    case deed::break_postgres:
      return "break_postgres";
    case deed::standby:
      return "standby";
    case deed::lock_rows:
      return "lock_rows";
    case deed::fault:
      return "fault";
  }
  return "?";
}

const std::vector<fault>& faults() {
  static const std::vector<fault> all{
    {"createTask 500",
     R"({"service":"kie","operation":"createTask","code":500,"message":"internal error"})"},
    {"createTask 429",
     R"({"service":"kie","operation":"createTask","code":429,"message":"too many requests"})"},
    {"createTask without money",
     R"({"service":"kie","operation":"createTask","code":402,"message":"credits insufficient"})"},
    {"model paused",
     R"({"service":"kie","operation":"createTask","code":500,"message":"This interface is temporarily paused."})"},
    {"answer of createTask lost",
     R"({"service":"kie","operation":"createTask","how":"cut","takes_effect":true})"},
    {"createTask cut before its work", R"({"service":"kie","operation":"createTask","how":"cut"})"},
    {"slow createTask", R"({"service":"kie","operation":"createTask","how":"pass","delay":2500})"},
    {"task against the rules",
     R"({"service":"kie","operation":"task","fail_code":"400","fail_msg":"content policy violation"})"},
    {"task fails for now",
     R"({"service":"kie","operation":"task","fail_code":"500","fail_msg":"internal error, please try again later"})"},
    {"recordInfo 500",
     R"({"service":"kie","operation":"recordInfo","status":500,"code":500,"message":"internal error"})"},
    {"recordInfo cut", R"({"service":"kie","operation":"recordInfo","how":"cut"})"},
    {"recordInfo hangs", R"({"service":"kie","operation":"recordInfo","how":"hang"})"},
    {"video cut off", R"({"service":"kie","operation":"result","how":"cut_body"})"},
    {"upload 500",
     R"({"service":"kie","operation":"file-stream-upload","status":500,"code":500,"message":"internal error"})"},
    {"callback dropped", R"({"service":"kie","operation":"callback","drop":true})"},
    {"callback three times", R"({"service":"kie","operation":"callback","copies":3})"},
    {"answer of sendVideo lost",
     R"({"service":"telegram","operation":"sendVideo","how":"cut","takes_effect":true})", true},
    {"answer of sendMessage lost",
     R"({"service":"telegram","operation":"sendMessage","how":"cut","takes_effect":true})", true},
    {"sendVideo 429",
     R"({"service":"telegram","operation":"sendVideo","code":429,"message":"Too Many Requests: retry after 1","retry_after":1})"},
    {"sendMessage 429",
     R"({"service":"telegram","operation":"sendMessage","code":429,"message":"Too Many Requests: retry after 1","retry_after":1})"},
    {"Telegram 502", R"({"service":"telegram","how":"html"})"},
    {"answer of getUpdates lost",
     R"({"service":"telegram","operation":"getUpdates","how":"cut","takes_effect":true})"},
    {"photo 502", R"({"service":"telegram","operation":"file","how":"html"})"},
    {"rare HTTP from Telegram", R"({"service":"telegram","how":"unusual"})"},
    {"rare HTTP from KIE", R"({"service":"kie","how":"unusual"})"},
    {"rare HTTP from OpenAI", R"({"service":"openai","how":"unusual"})"},
    {"OpenAI 500", R"({"service":"openai","status":500,"message":"The server had an error"})"},
    {"OpenAI malformed", R"({"service":"openai","operation":"chat","how":"malformed"})"},
    {"OpenAI hangs", R"({"service":"openai","operation":"chat","how":"hang"})"},
  };
  return all;
}

std::vector<event> make_plan(const plan_options& o) {
  std::vector<event> result;
  // Each kind has dice of its own: a longer round begins as a shorter one does.
  dice orders{o.seed * 8};
  for (auto time = 200ms; time < o.length; time += orders.between(200ms, 1200ms))
    result.push_back({.time = time,
                      .kind = deed::order,
                      .target = orders.below(o.customers),
                      .count = orders.below(3) == 0 ? 3 : 1});
  dice strikes{o.seed * 8 + 1};
  for (auto time = 4000ms; time < o.length; time += strikes.between(1500ms, 4s))
    result.push_back(node_event(strikes, time, o.nodes));
  dice crashes{o.seed * 8 + 2};
  for (auto time = 9000ms; time < o.length; time += crashes.between(9s, 20s))
    result.push_back({.time = time, .kind = deed::break_postgres});
  dice mishaps{o.seed * 8 + 3};
  for (auto time = 1000ms; time < o.length; time += mishaps.between(600ms, 2500ms))
    result.push_back({.time = time,
                      .kind = deed::fault,
                      .target = mishaps.below(faults().size()),
                      .count = 1 + static_cast<int>(mishaps.below(6))});
  dice reloads{o.seed * 8 + 4};
  for (auto time = 2500ms; time < o.length; time += reloads.between(2s, 6s))
    result.push_back({.time = time, .kind = deed::reload, .target = reloads.below(o.nodes)});
  dice strangers{o.seed * 8 + 5};
  for (auto time = 6000ms; time < o.length; time += strangers.between(15s, 40s))
    result.push_back({.time = time, .kind = deed::lock_rows, .length = 20s});
  dice failovers{o.seed * 8 + 6};
  for (auto time = 15000ms; time < o.length; time += failovers.between(30s, 60s))
    result.push_back({.time = time, .kind = deed::standby, .length = failovers.between(1s, 8s)});
  std::ranges::stable_sort(result, {}, &event::time);
  return result;
}

} // namespace neurocards::test::chaos
