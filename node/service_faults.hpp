#pragma once

#include "protocol/http.hpp"

#include <string>

/// What is wrong with a service, from its answer to a harmless question; empty: nothing. Never a
/// secret. Used by `/readyz` and `neurocards check`.
namespace neurocards {

std::string telegram_fault(const http::response&); // to getMe
std::string kie_fault(const http::response&);      // to the question for the balance
std::string openai_fault(const http::response&);   // to the question for a model

} // namespace neurocards
