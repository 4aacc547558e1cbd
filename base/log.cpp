#include "base/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <mutex>

namespace neurocards::log {

namespace {

using reopenable_sink = spdlog::sinks::basic_file_sink_mt;

struct state {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
  std::string file;
};

state& global() {
  static state instance;
  return instance;
}

std::atomic<level> threshold{level::info};
std::atomic<bool> json{false};

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%e%z %-5l %v";
constexpr auto json_pattern = R"({"at":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";

std::shared_ptr<spdlog::logger> make_logger(const std::string& file) {
  spdlog::sink_ptr sink;
  if (file.empty())
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  else
    sink = std::make_shared<reopenable_sink>(file);
  auto result = std::make_shared<spdlog::logger>("neurocards", std::move(sink));
  result->set_level(spdlog::level::trace);
  result->set_pattern(json ? json_pattern : text_pattern);
  result->flush_on(spdlog::level::info);
  return result;
}

std::shared_ptr<spdlog::logger> current() {
  auto& g = global();
  const std::lock_guard guard{g.mutex};
  if (!g.logger)
    g.logger = make_logger(g.file);
  return g.logger;
}

spdlog::level::level_enum to_spdlog(level x) {
  switch (x) {
    case level::trace:
      return spdlog::level::trace;
    case level::debug:
      return spdlog::level::debug;
    case level::info:
      return spdlog::level::info;
    case level::warn:
      return spdlog::level::warn;
    case level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// Escapes as JSON does; the text format uses the same escapes inside quotes.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", byte);
      out += code.data();
    } else {
      out += c;
    }
  }
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"\\=\t\r\n") != std::string_view::npos;
}

} // namespace

void start(const options& x) {
  auto& g = global();
  const std::lock_guard guard{g.mutex};
  threshold = x.threshold;
  json = x.json;
  g.file = x.file;
  try {
    g.logger = make_logger(g.file);
  } catch (const spdlog::spdlog_ex& err) {
    throw std::runtime_error("log.file cannot be opened: " + std::string{err.what()});
  }
}

void reopen() {
  auto& g = global();
  std::string fault;
  {
    const std::lock_guard guard{g.mutex};
    try {
      if (!g.file.empty())
        g.logger = make_logger(g.file);
    } catch (const std::exception& err) {
      fault = err.what(); // the old file is still open, wherever it was moved
    }
  }
  if (!fault.empty())
    error(
      "log.not_reopened", "why", fault, "advice",
      "let the node write to log.file, then send SIGHUP again; until then the old file goes on");
}

void flush() {
  current()->flush();
}

bool enabled(level x) {
  return x >= threshold.load(std::memory_order_relaxed);
}

std::optional<level> parse_level(std::string_view text) {
  constexpr std::array<std::string_view, 5> names{"trace", "debug", "info", "warn", "error"};
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == text)
      return static_cast<level>(i);
  return std::nullopt;
}

namespace detail {

line::line(std::string_view name) {
  if (json) {
    text_ = "\"event\":\"";
    append_escaped(text_, name);
    text_ += '"';
  } else {
    text_ = name;
  }
}

/// What others send may be long, and a line is for reading.
constexpr size_t longest_value = 4000;

std::string shortened(std::string_view value) {
  auto kept = longest_value;
  for (int i = 0; i < 3 && (static_cast<unsigned char>(value[kept]) & 0xc0) == 0x80; ++i)
    --kept; // not in the middle of a character
  return std::string{value.substr(0, kept)} + "… (" + std::to_string(value.size() - kept)
         + " bytes more)";
}

void line::add(std::string_view key, std::string_view value) {
  std::string fitting;
  if (value.size() > longest_value)
    value = fitting = shortened(value);
  const bool quoted = json || needs_quotes(value);
  if (json)
    text_.append(",\"").append(key).append("\":");
  else
    text_.append(" ").append(key).append("=");
  if (quoted)
    text_ += '"';
  append_escaped(text_, value);
  if (quoted)
    text_ += '"';
}

void line::add_number(std::string_view key, std::string_view digits) {
  if (json)
    text_.append(",\"").append(key).append("\":").append(digits);
  else
    text_.append(" ").append(key).append("=").append(digits);
}

void line::write(level at) const {
  current()->log(to_spdlog(at), spdlog::string_view_t{text_});
}

} // namespace detail

} // namespace neurocards::log
