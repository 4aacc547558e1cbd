#pragma once

#include "domain/language.hpp"
#include "protocol/job_status.hpp"
#include "protocol/order_template.hpp"
#include "protocol/store/ledger_kind.hpp"

#include <string>

/// Words users read for values of the database.
namespace neurocards {

/// The label of its button without the picture.
std::string template_name(language, order_template);

std::string status_name(language, job_status);

std::string ledger_name(language, ledger_kind);

} // namespace neurocards
