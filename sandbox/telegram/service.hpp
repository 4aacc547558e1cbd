#pragma once

#include "sandbox/telegram/bot.hpp"

namespace neurocards::sandbox::telegram {

/// The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`.
class service {
public:
  explicit service(world& w) : world_(w), bot_(w) {}

  void on_method(const http_server::request& req, http_server::responder r);
  void on_file(const http_server::request& req, http_server::responder r);

  bot& state() { return bot_; }
  void clear();

private:
  bool accepts(std::string_view token) const;
  void run(const std::string& method, form f, exchange x);
  reply limited(const std::string& chat, double messages);
  void fetch_and_run(const std::string& method, form f, exchange x, const std::string& name);

  world& world_;
  bot bot_;
  token_bucket all_chats_;
  token_buckets<std::string> per_chat_;
};

} // namespace neurocards::sandbox::telegram
