#include "domain/names.hpp"

#include "domain/markup.hpp"
#include "domain/texts.hpp"

#include <algorithm>
#include <array>

namespace neurocards {

using texts::key;

namespace {

struct named {
  std::string_view value;
  key name;
};

template <size_t N>
const named* find(const std::array<named, N>& table, std::string_view value) {
  const auto found =
    std::find_if(table.begin(), table.end(), [&](const named& x) { return x.value == value; });
  return found == table.end() ? nullptr : &*found;
}

constexpr std::array templates = {
  named{"ugc", key::button_ugc},
  named{"ad", key::button_ad},
  named{"self", key::button_self},
};

constexpr std::array ledger_kinds = {
  named{"welcome", key::ledger_welcome},   named{"purchase", key::ledger_purchase},
  named{"grant", key::ledger_grant},       named{"charge", key::ledger_charge},
  named{"refund", key::ledger_refund},     named{"opening", key::ledger_opening},
  named{"referral", key::ledger_referral}, named{"payment_refund", key::ledger_payment_refund},
};

} // namespace

std::string template_name(language lang, std::string_view template_id) {
  const named* found = find(templates, template_id);
  if (!found)
    return markup::escape(template_id);
  const std::string label = texts::say(lang, found->name);
  return label.substr(label.find(' ') + 1); // without the picture
}

std::string status_name(language lang, job_status status) {
  const auto name = [status] {
    switch (status) {
      case job_status::queued:
        return key::status_queued;
      case job_status::processing:
        return key::status_processing;
      case job_status::completed:
        return key::status_completed;
      case job_status::failed:
        return key::status_failed;
    }
    return key::status_queued;
  };
  return texts::say(lang, name());
}

std::string ledger_name(language lang, std::string_view kind) {
  const named* found = find(ledger_kinds, kind);
  return texts::say(lang, found ? found->name : key::ledger_other);
}

} // namespace neurocards
