#include "domain/alerts.hpp"

#include "domain/texts.hpp"

#include <algorithm>
#include <array>

namespace neurocards::alerts {

using texts::key;
using texts::number;
using texts::user_text;

namespace {

struct cause_text {
  std::string_view cause;
  key text;
};

constexpr std::array causes{
  cause_text{"billing", key::operators_billing},
  cause_text{"key_refused", key::operators_key_refused},
  cause_text{"outage_began", key::operators_outage_began},
  cause_text{"outage_ended", key::operators_outage_ended},
  cause_text{"no_key", key::operators_no_key},
  cause_text{"no_model", key::operators_no_model},
  cause_text{"promise_broken", key::operators_promise_broken},
  cause_text{"template_scripts", key::operators_template_scripts},
  cause_text{"low_balance", key::operators_low_balance},
};

constexpr size_t subject_units = 60;

/// As operators write it. Rows of the time of one provider name none.
std::string provider_name(const std::string& x) {
  if (x.empty() || x == "kie")
    return "KIE";
  return x == "runware" ? "Runware" : x;
}

} // namespace

std::string text_of(language lang, const json::object& payload) {
  const auto cause = payload.text("cause");
  const auto known = std::ranges::find(causes, cause, &cause_text::cause);
  const bool unknown = known == causes.end();
  return texts::say(lang, unknown ? key::operators_other : known->text,
                    {user_text("subject", unknown ? cause : payload.text("subject"), subject_units),
                     user_text("provider", provider_name(payload.text("provider")), subject_units),
                     number("count", payload.number("count")), number("of", payload.number("of")),
                     number("minutes", payload.number("minutes"))});
}

} // namespace neurocards::alerts
