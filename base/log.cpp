#include "base/log.hpp"

#include "base/log_writer.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <mutex>

namespace neurocards::log {

namespace {

std::array<std::atomic<uint64_t>, 5> line_counts{}; // by level

constexpr auto longest_flush = std::chrono::seconds{1}; // whoever reads us must not keep us alive

/// Formats on the thread that logs and leaves the writing to the writer's.
class handing_on : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit handing_on(std::shared_ptr<writer> to) : to_(std::move(to)) {}

protected:
  void sink_it_(const spdlog::details::log_msg& msg) override {
    spdlog::memory_buf_t text;
    formatter_->format(msg, text);
    to_->put({text.data(), text.size()});
  }
  void flush_() override {
    // nop: the writer is never idle while it has lines
  }

private:
  std::shared_ptr<writer> to_;
};

struct state {
  std::mutex mutex;
  std::shared_ptr<writer> out;
  std::shared_ptr<spdlog::logger> logger;
  std::string file;
};

state& global() {
  static auto& instance = *new state; // threads may log to the very end
  return instance;
}

std::atomic<level> threshold{level::info};
std::atomic<bool> json{false};

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%e%z %-5l %v";
constexpr auto json_pattern = R"({"at":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";

std::string dropped_line(uint64_t count);

/// Throws std::runtime_error when the file cannot be opened; then all stays as it was.
void open_log(state& g) {
  auto out = std::make_shared<writer>(g.file, dropped_line);
  auto logger = std::make_shared<spdlog::logger>("neurocards", std::make_shared<handing_on>(out));
  logger->set_level(spdlog::level::trace);
  logger->set_pattern(json ? json_pattern : text_pattern);
  g.out = std::move(out);
  g.logger = std::move(logger);
}

std::shared_ptr<spdlog::logger> current() {
  auto& g = global();
  const std::lock_guard guard{g.mutex};
  if (!g.logger)
    open_log(g);
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

/// As if somebody had logged it.
std::string dropped_line(uint64_t count) {
  const std::string advice = "check whoever reads the log, and its disk";
  const auto text =
    json ? R"("event":"log.lines_dropped","count":)" + std::to_string(count) + R"(,"advice":")"
             + advice + '"'
         : "log.lines_dropped count=" + std::to_string(count) + " advice=\"" + advice + '"';
  const spdlog::details::log_msg msg{"neurocards", spdlog::level::warn,
                                     spdlog::string_view_t{text}};
  spdlog::memory_buf_t line;
  spdlog::pattern_formatter{json ? json_pattern : text_pattern}.format(msg, line);
  return {line.data(), line.size()};
}

} // namespace

void start(const options& x) {
  auto& g = global();
  const std::lock_guard guard{g.mutex};
  threshold = x.threshold;
  json = x.json;
  g.file = x.file;
  try {
    open_log(g);
  } catch (const std::runtime_error& err) {
    throw std::runtime_error("log.file cannot be opened: " + std::string{err.what()});
  }
}

void set_threshold(level x) {
  threshold = x;
}

void reopen() {
  auto& g = global();
  std::string fault;
  {
    const std::lock_guard guard{g.mutex};
    try {
      if (!g.file.empty())
        open_log(g);
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
  std::shared_ptr<writer> out;
  {
    const std::lock_guard guard{global().mutex};
    out = global().out;
  }
  if (out)
    out->flush(longest_flush);
}

bool enabled(level x) {
  return x >= threshold.load(std::memory_order_relaxed);
}

uint64_t lines_written(level x) {
  return line_counts[static_cast<size_t>(x)];
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

void line::write(level severity) const {
  ++line_counts[static_cast<size_t>(severity)];
  current()->log(to_spdlog(severity), spdlog::string_view_t{text_});
}

} // namespace detail

} // namespace neurocards::log
