#pragma once

#include "domain/levers.hpp"
#include "protocol/config.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// What the verbs and the HTTP routes of operators share.
namespace neurocards::operators {

/// The keys, models or nodes that these settings name; other hosts' may name more.
std::vector<std::string> configured(const config::all&, lever_subject);

/// Reads a duration as cluster.conf has them, longer than 0. Returns what is wrong with it, or
/// nothing.
[[nodiscard]] std::string read_length(const std::string& text, std::chrono::milliseconds& to);

/// A reason that says nothing.
bool is_blank(std::string_view text);

} // namespace neurocards::operators
