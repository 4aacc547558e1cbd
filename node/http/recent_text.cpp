#include "node/http/recent_text.hpp"

#include "node/http/exposition.hpp"

#include <algorithm>
#include <array>

namespace neurocards {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> helps{{
  {"neurocards_audit_last_success_timestamp_seconds", "When the promises were proved last."},
  {"neurocards_certificate_expiry_timestamp_seconds", "Until when our certificate is good."},
  {"neurocards_kie_balance_credits", "What a KIE key has left, in KIE's credits."},
  {"neurocards_kie_listed_price_credits",
   "What a clip costs by KIE's public list, of models whose price in kie.models is another."},
  {"neurocards_promises_broken", "Rows that break a promise, found by the last audit."},
  {"neurocards_scheduler_busy_ratio", "Which part of the scheduler's time is spent in handlers."},
  {"neurocards_storage_free_bytes", "Room on the disk of storage.path."},
}};

std::string_view help_of(std::string_view family) {
  const auto* found =
    std::ranges::find_if(helps, [family](const auto& x) { return x.first == family; });
  return found == helps.end() ? std::string_view{} : found->second;
}

} // namespace

std::string recent_text(const recent_figures& figures, recent_figures::time_point now) {
  exposition to;
  std::string family;
  for (const auto& [where, figure] : figures.read(now)) {
    if (where.family != family)
      to.family(where.family, "gauge", help_of(where.family));
    family = where.family;
    if (where.label.empty())
      to.sample(figure);
    else
      to.sample(figure, {{where.label, where.value}});
  }
  return std::move(to).text();
}

} // namespace neurocards
