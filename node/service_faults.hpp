#pragma once

#include "protocol/config.hpp"
#include "protocol/http.hpp"

#include <string>

/// What is wrong with a service, from its answer to a harmless question; empty: nothing. Never a
/// secret. Used by `/readyz` and `neurocards check`.
namespace neurocards {

std::string telegram_fault(const http::response&); // to getMe

/// To getWebhookInfo, for an installation with these settings. An answer that is none says nothing
/// of the webhook.
std::string webhook_fault(const http::response&, const config::all&);

/// Where Telegram is to bring updates; empty: nowhere, they are fetched.
std::string webhook_address(const config::all&);
std::string kie_fault(const http::response&);    // to the question for the balance
std::string openai_fault(const http::response&); // to the question for a model

} // namespace neurocards
