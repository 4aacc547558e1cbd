#pragma once

#include "protocol/config.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <caf/config_value.hpp>

/// Values of cluster.conf: from CAF's to ours, strictly, and back into the text of the file. Each
/// `read` returns what is wrong with the value as `"15" has no unit; write 15s, …`, or nothing.
namespace neurocards::config {

using fault_text = std::string; // empty: none

[[nodiscard]] fault_text read(const caf::config_value&, duration&);
[[nodiscard]] fault_text read(const caf::config_value&, std::optional<duration>&); // or "auto"
[[nodiscard]] fault_text read(const caf::config_value&, int&);
[[nodiscard]] fault_text read(const caf::config_value&, double&);
[[nodiscard]] fault_text read(const caf::config_value&, bool&);
[[nodiscard]] fault_text read(const caf::config_value&, std::string&);
[[nodiscard]] fault_text read(const caf::config_value&, telegram_mode&);
[[nodiscard]] fault_text read(const caf::config_value&, storage_kind&);
[[nodiscard]] fault_text read(const caf::config_value&, voices&);
[[nodiscard]] fault_text read(const caf::config_value&, log::level&);

std::string show(duration);
std::string show(const std::optional<duration>&);
std::string show(int);
std::string show(double);
std::string show(bool);
std::string show(const std::string&);
std::string show(telegram_mode);
std::string show(storage_kind);
std::string show(voices);
std::string show(log::level);

/// A value as messages show it: in quotes, on one line, cut to 60 characters.
std::string quote(std::string_view);

/// A value given as plain text, on the command line or in the environment. What CAF cannot read is
/// a text.
caf::config_value from_text(const std::string&);

} // namespace neurocards::config
