#pragma once

#include "clients/provider.hpp"

/// Runware's API: tasks are posted in an array to one address, and named by a UUID of ours.
namespace neurocards::runware {

/// The body of a creation. What stands in `input` of the model goes beside our own fields.
std::string creation_body(const provider::creation&);

[[nodiscard]] provider::create_result parse_created(const http::response&,
                                                    const std::string& token);

/// A task that runs and one that is unknown may be answered alike: neither is ever concluded.
[[nodiscard]] provider::task_state parse_poll(const http::response&, const task_id&);

/// Runware as a provider of videos. `url`: the one address, e.g. "https://api.runware.ai/v1". Empty
/// `proxy`: none.
provider::service service(const std::string& url, std::chrono::milliseconds timeout,
                          const std::string& proxy = {});

} // namespace neurocards::runware
