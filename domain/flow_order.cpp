#include "domain/flow_step.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

/// From a complete draft to jobs.
namespace neurocards::flow {

namespace {

/// As `jobs.expected` has it, in seconds.
nlohmann::json expected(const expectation::promise& x) {
  auto result = nlohmann::json::array({std::lround(x.guess.low), std::lround(x.guess.high)});
  if (x.told) {
    result.push_back(x.told->low * 60);
    result.push_back(x.told->high * 60);
  }
  return result;
}

} // namespace

store::new_order order_of(const draft& order, language lang, chat_id chat,
                          const std::optional<expectation::promise>& promise) {
  const auto chosen = order.chosen_template.value_or(order_template::ad);
  const bool own_script = chosen == order_template::self;
  const std::string wishes = own_script ? "" : order.wishes.value_or("");
  nlohmann::json input = {
    {"product_name", short_name(order.description)},
    {"product_text", order.description},
    {"extra_wishes", nullptr},
    {"kind", to_string(chosen)},
    {"template_id", to_string(chosen)},
    {"user_prompt", own_script ? order.own_prompt : ""},
    {"video_count", order.count},
    {"draft_id", to_string(order.id)},
    {"language", to_string(lang)},
    {"chat_id", chat.value},
  };
  if (!wishes.empty())
    input["extra_wishes"] = wishes;
  if (promise)
    input["expected"] = expected(*promise);
  store::new_order out;
  out.draft = order.id;
  for (int i = 0; i < order.count; ++i) {
    input["video_index"] = i;
    out.jobs.push_back({chosen, to_string(order.id) + ":" + std::to_string(i), order.photo,
                        input.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
  }
  return out;
}

} // namespace neurocards::flow
