#include "domain/old_schema.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace neurocards::old_bot {

namespace {

enum class content : uint8_t { whole_number, amount, time, text };

struct known_column {
  std::string_view table;
  std::string_view name;
  content holds;
  bool needed = false;
};

constexpr auto known_columns = std::to_array<known_column>({
  {"users", "tg_user_id", content::whole_number, true},
  {"users", "credits", content::whole_number, true},
  {"users", "created_at", content::time},
  {"jobs", "id", content::text, true},
  {"jobs", "status", content::text, true},
  {"jobs", "tg_user_id", content::whole_number},
  {"jobs", "attempts", content::whole_number},
  {"jobs", "kie_task_id", content::text},
  {"jobs", "created_at", content::time},
  {"jobs", "started_at", content::time},
  {"jobs", "finished_at", content::time},
  {"credits_history", "tg_user_id", content::whole_number},
  {"credits_history", "amount", content::whole_number},
  {"payments", "tg_user_id", content::whole_number},
  {"payments", "status", content::text},
  {"payments", "credits_purchased", content::whole_number},
  {"payments", "amount_rub", content::amount},
  {"payments", "amount_usd", content::amount},
  {"payments", "created_at", content::time},
  {"payments", "completed_at", content::time},
});

std::vector<std::string_view> types_of(content x) {
  switch (x) {
    case content::whole_number:
      return {"smallint", "integer", "bigint"};
    case content::amount:
      return {"numeric", "smallint", "integer", "bigint"};
    case content::time:
      return {"timestamp with time zone", "timestamp without time zone", "date"};
    case content::text:
      return {"text", "character varying", "uuid"};
  }
  return {};
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string result;
  for (const auto& x : words)
    result.append(result.empty() ? "" : ", ").append(x);
  return result;
}

const column* find(const std::vector<column>& in, std::string_view table, std::string_view name) {
  const auto found =
    std::ranges::find_if(in, [&](const column& x) { return x.table == table && x.name == name; });
  return found == in.end() ? nullptr : &*found;
}

std::string place(std::string_view table, std::string_view name) {
  return "old table " + std::string{table} + ", column " + std::string{name};
}

} // namespace

const std::vector<std::string>& tables() {
  static const std::vector<std::string> names{"users", "jobs", "credits_history", "pricing_plans",
                                              "payments"};
  return names;
}

std::vector<std::string> faults_of(const std::vector<column>& found) {
  std::vector<std::string> faults;
  for (const auto& x : known_columns) {
    const auto allowed = types_of(x.holds);
    if (const auto* here = find(found, x.table, x.name); here == nullptr) {
      if (x.needed)
        faults.push_back(place(x.table, x.name) + ": missing; allowed: " + listed(allowed));
    } else if (std::ranges::find(allowed, here->type) == allowed.end()) {
      faults.push_back(place(x.table, x.name) + ": is " + here->type
                       + "; allowed: " + listed(allowed));
    }
  }
  if (find(found, "jobs", "tg_user_id") == nullptr
      && (find(found, "jobs", "user_id") == nullptr || find(found, "users", "id") == nullptr))
    faults.push_back(
      place("jobs", "tg_user_id")
      + ": missing; allowed: a whole number, or a column user_id that names users.id");
  return faults;
}

} // namespace neurocards::old_bot
