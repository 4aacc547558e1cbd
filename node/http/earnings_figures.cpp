#include "node/http/earnings_figures.hpp"

#include "node/http/exposition.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace neurocards {

namespace {

using nlohmann::json;

constexpr auto longest_age = std::chrono::seconds{30};

/// The day of the snapshot, whose sessions speak of UTC; empty: it is none.
std::string day_of(const json& snapshot) {
  const auto stamp = snapshot.is_object() ? snapshot.find("at") : snapshot.end();
  if (stamp == snapshot.end() || !stamp->is_string())
    return {};
  return stamp->get<std::string>().substr(0, std::string_view{"2026-11-30"}.size());
}

/// A slug is whatever the configuration says; a label ends at a quotation mark.
std::string as_label(std::string slug) {
  std::erase_if(slug, [](unsigned char c) { return c == '"' || c == '\\' || c < ' '; });
  return slug;
}

struct family {
  const char* name;
  const char* help;
  double (*value)(const day_earnings&);
};

constexpr std::array families{
  family{"neurocards_today_clips", "Ordered videos made today (UTC).",
         [](const day_earnings& x) { return static_cast<double>(x.clips); }},
  family{"neurocards_today_late_clips", "Videos that came too late today and earn nothing.",
         [](const day_earnings& x) { return static_cast<double>(x.late); }},
  family{"neurocards_today_unpriced_clips", "Of both, those whose cost nobody said.",
         [](const day_earnings& x) { return static_cast<double>(x.unpriced); }},
  family{"neurocards_today_cost_dollars", "What the videos of today cost.",
         [](const day_earnings& x) { return x.cost; }},
  family{"neurocards_today_income_dollars", "What the credits of these videos brought.",
         [](const day_earnings& x) { return x.income; }},
  family{"neurocards_today_margin_dollars", "Income less cost.",
         [](const day_earnings& x) { return x.income - x.cost; }}};

} // namespace

void earnings_figures::on_snapshot(const std::string& snapshot, time_point now) {
  const auto state = json::parse(snapshot, nullptr, false);
  const auto day = day_of(state);
  if (day.empty())
    return;
  today_ = earnings_of(state);
  std::erase_if(today_, [&](const day_earnings& x) { return x.day != day; });
  as_of_ = now;
}

std::string earnings_figures::text(time_point now) const {
  exposition out;
  const bool shown = as_of_ && now - *as_of_ <= longest_age;
  for (const auto& x : families) {
    out.family(x.name, "gauge", x.help);
    if (shown)
      for (const auto& row : today_)
        out.sample(x.value(row), {{"model", as_label(row.model)}});
  }
  return std::move(out).text();
}

} // namespace neurocards
