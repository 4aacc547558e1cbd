#include "sandbox/world.hpp"

#include <filesystem>
#include <fstream>

namespace neurocards::sandbox {

namespace {

/// A file of 3 GB that takes no room: a body without end for all purposes. evhttp writes the size
/// of a chunk with 32 bits, so it cannot be longer.
std::string endless_file(const std::string& directory) {
  auto path = directory + "/endless";
  if (!std::filesystem::exists(path)) {
    std::ofstream{path}.close();
    std::filesystem::resize_file(path, uintmax_t{3} << 30);
  }
  return path;
}

/// Head and first half of an answer that promises more.
std::string half_of(const http_server::answer& x) {
  const auto body = x.body.empty() ? std::string(64, ' ') : x.body;
  return "HTTP/1.1 " + std::to_string(x.status)
         + " OK\r\nContent-Type: application/json\r\nContent-Length: "
         + std::to_string(body.size() + 32) + "\r\n\r\n" + body.substr(0, body.size() / 2);
}

} // namespace

exchange::exchange(world& w, call request, http_server::responder r)
  : world_(&w), request_(std::move(request)), to_(std::move(r)),
    scripted_(w.faults.next(request_)) {
  if (scripted_)
    rule_ = scripted_->rule;
}

bool exchange::refused() {
  if (!scripted_ || scripted_->takes_effect)
    return false;
  send(http_server::answer{}, 0);
  return true;
}

void exchange::send(int status, std::string body, int code) {
  send(http_server::answer{.status = status,
                           .headers = {{"Content-Type", "application/json"}},
                           .body = std::move(body),
                           .file = {}},
       code);
}

void exchange::send(http_server::answer x, int code) {
  const bool changed = scripted_ && scripted_->effect != outcome::kind::pass
                       && scripted_->effect != outcome::kind::unusual;
  const auto kept = static_cast<size_t>(std::max<int64_t>(0, world_->set.calls_kept));
  world_->calls.record(request_, changed ? scripted_code(*scripted_) : code, changed, kept);
  if (!scripted_ || scripted_->delay.count() <= 0)
    return deliver(std::move(x));
  const auto delay = scripted_->delay;
  auto self = std::make_shared<exchange>(std::move(*this));
  auto& w = *self->world_;
  w.run_after(delay, [self, x = std::move(x)]() mutable { self->deliver(std::move(x)); });
}

void exchange::deliver(http_server::answer x) {
  if (!scripted_ || scripted_->effect == outcome::kind::pass)
    return to_.send(std::move(x));
  switch (scripted_->effect) {
    case outcome::kind::hang:
      world_->hanging.push_back(std::move(to_));
      return;
    case outcome::kind::cut:
      to_.cut();
      return;
    case outcome::kind::cut_body:
      to_.cut(half_of(x));
      return;
    case outcome::kind::unusual:
      if (!x.file.empty())
        return to_.send(std::move(x)); // too much for `cut`, which writes a few kilobytes
      to_.cut(in_unusual_http(x));
      return;
    case outcome::kind::endless: {
      http_server::answer endless{.headers = {{"Content-Type", "application/json"}},
                                  .body = {},
                                  .file = endless_file(world_->data_dir)};
      endless.chunked = true;
      return to_.send(std::move(endless));
    }
    default:
      to_.send(scripted_answer(request_.service, *scripted_, std::move(x)));
  }
}

} // namespace neurocards::sandbox
