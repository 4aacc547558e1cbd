#include "domain/names.hpp"

#include "domain/texts.hpp"

namespace neurocards {

using texts::key;

namespace {

key button_of(order_template x) {
  switch (x) {
    case order_template::ugc:
      return key::button_ugc;
    case order_template::ad:
      return key::button_ad;
    case order_template::self:
      return key::button_self;
  }
  return key::button_ad;
}

key text_of(ledger_kind x) {
  switch (x) {
    case ledger_kind::welcome:
      return key::ledger_welcome;
    case ledger_kind::purchase:
      return key::ledger_purchase;
    case ledger_kind::grant:
      return key::ledger_grant;
    case ledger_kind::charge:
      return key::ledger_charge;
    case ledger_kind::refund:
      return key::ledger_refund;
    case ledger_kind::opening:
      return key::ledger_opening;
    case ledger_kind::referral:
      return key::ledger_referral;
    case ledger_kind::payment_refund:
      return key::ledger_payment_refund;
  }
  return key::ledger_grant;
}

key text_of(job_status x) {
  switch (x) {
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
}

} // namespace

std::string template_name(language lang, order_template chosen) {
  const std::string label = texts::say(lang, button_of(chosen));
  return label.substr(label.find(' ') + 1); // without the picture
}

std::string status_name(language lang, job_status status) {
  return texts::say(lang, text_of(status));
}

std::string ledger_name(language lang, ledger_kind kind) {
  return texts::say(lang, text_of(kind));
}

} // namespace neurocards
