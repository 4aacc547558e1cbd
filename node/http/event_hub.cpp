#include "node/http/event_hub.hpp"

#include <algorithm>

namespace neurocards {

std::string event_frame(std::string_view name, std::string_view data) {
  std::string result = "event: ";
  result.append(name).append("\n");
  for (;;) {
    const auto line = data.substr(0, data.find('\n'));
    result.append("data: ").append(line).append("\n");
    if (line.size() == data.size())
      return result + "\n";
    data.remove_prefix(line.size() + 1);
  }
}

bool event_hub::add(http_server::responder to, const std::string& first, time_point now) {
  tick(now);
  if (streams_.size() >= most_streams) {
    to.send(503, R"({"error":"too many listen already"})");
    return false;
  }
  streams_.push_back(to.begin_stream({.headers = {{"Content-Type", "text/event-stream"},
                                                  {"Cache-Control", "no-store"},
                                                  {"X-Accel-Buffering", "no"}}, // for nginx
                                      .body = {},
                                      .file = {}}));
  streams_.back().write("retry: 3000\n\n" + first);
  return true;
}

void event_hub::publish(std::string_view name, std::string_view data, time_point now) {
  if (!streams_.empty())
    write(event_frame(name, data), now);
}

void event_hub::tick(time_point now) {
  std::erase_if(streams_, [](const auto& x) { return !x.is_open(); });
  if (!streams_.empty() && now - last_written_ >= silence)
    write(":\n\n", now);
}

void event_hub::write(const std::string& frame, time_point now) {
  last_written_ = now;
  for (const auto& x : streams_)
    x.write(frame);
}

} // namespace neurocards
