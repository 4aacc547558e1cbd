#pragma once

#include "domain/language.hpp"
#include "protocol/job_status.hpp"

#include <string>
#include <string_view>

/// Words users read for values of the database.
namespace neurocards {

/// Of a template ("ugc" …): the label of its button without the picture; the id for unknown ones.
std::string template_name(language, std::string_view template_id);

std::string status_name(language, job_status);

/// Of `credit_ledger.kind`.
std::string ledger_name(language, std::string_view kind);

} // namespace neurocards
