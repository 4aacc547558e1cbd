#pragma once

#include "domain/provider.hpp"
#include "protocol/config.hpp"
#include "protocol/http.hpp"

#include <optional>
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

/// To the probe of a provider of videos; `reason` is what its reader says of the answer.
std::string provider_fault(const std::optional<provider::signal>& reason, const http::response&);

std::string openai_fault(const http::response&); // to the question for a model

} // namespace neurocards
