#include "sandbox/options.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>

namespace neurocards::sandbox {

namespace {

/// Milliseconds of "200ms", "2s", "1min".
std::optional<int64_t> duration(std::string_view text) {
  int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  const auto unit = text.substr(static_cast<size_t>(end - text.data()));
  if (end == text.data() || value < 0)
    return std::nullopt;
  if (unit == "ms")
    return value;
  if (unit == "s")
    return value * 1000;
  return unit == "min" ? std::optional{value * 60'000} : std::nullopt;
}

bool set_listen(app::config& cfg, std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos)
    return false;
  cfg.host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  const auto read = std::from_chars(port.data(), port.data() + port.size(), cfg.port);
  return read.ec == std::errc{} && read.ptr == port.data() + port.size();
}

/// A setting by its name with '-' for '_'; durations may have a unit. Returns what is wrong.
std::string set_setting(settings& s, std::string name, const std::string& value) {
  std::replace(name.begin(), name.end(), '-', '_');
  nlohmann::json parsed;
  if (const auto ms = duration(value))
    parsed = *ms;
  else
    parsed = nlohmann::json::parse(value, nullptr, false);
  const auto as_is = parsed.is_discarded() ? std::string{"not JSON"} : apply(s, {{name, parsed}});
  return as_is.empty() ? "" : apply(s, {{name, value}}); // a text need not be quoted
}

std::string set(options& o, const std::string& name, const std::string& value) {
  if (name == "listen")
    return set_listen(o.services, value) ? "" : "--listen: write HOST:PORT";
  if (name == "data") {
    o.services.directory = value;
    return {};
  }
  const auto fault = set_setting(o.services.initial, name, value);
  return fault.empty() ? "" : "--" + name + "=" + value + ": " + fault;
}

} // namespace

options parse_options(const std::vector<std::string>& arguments) {
  options o;
  for (const auto& a : arguments) {
    if (a == "--help" || a == "-h") {
      o.help = true;
    } else if (a == "--no-render") {
      o.services.initial.render = false;
    } else if (a == "--no-limits") {
      o.services.initial.telegram_limits = false;
      o.services.initial.kie_limits = false;
    } else {
      const auto equals = a.find('=');
      o.fault = a.starts_with("--") && equals != a.npos
                  ? set(o, a.substr(2, equals - 2), a.substr(equals + 1))
                  : "unknown argument: " + a;
    }
    if (!o.fault.empty())
      break;
  }
  return o;
}

std::string usage() {
  return "neurocards-sandbox: simulated Telegram, KIE and OpenAI on one port\n"
         "\n"
         "  --listen=HOST:PORT   default 127.0.0.1:8081; port 0 takes a free one\n"
         "  --data=DIR           where files go; default: a temporary directory, removed at the "
         "end\n"
         "  --kie-time=2s        how long a generation takes; also --kie-waiting, --kie-queuing,\n"
         "                       --kie-generating and --kie-null (unknown to recordInfo at first)\n"
         "  --no-render          always serve the built-in video instead of making one with "
         "ffmpeg\n"
         "  --no-limits          no rate limits\n"
         "  --SETTING=VALUE      any setting of GET /control/settings, '-' for '_'\n"
         "\n"
         "Point a bot at it: TELEGRAM_API_URL, KIE_API_URL and KIE_UPLOAD_URL = http://HOST:PORT,\n"
         "OPENAI_API_URL = http://HOST:PORT/v1. Any well-formed token and any keys will do.\n"
         "The control API is described in sandbox/README.md; the chat page is at /.\n";
}

} // namespace neurocards::sandbox
