#pragma once

#include "tests/support/actor_fixture.hpp"
#include "tests/support/journal.hpp"

#include <deque>
#include <map>

namespace neurocards::test {

/// The world's web servers: answers by the label of the request. The last answer of a label stays.
struct fake_web {
  explicit fake_web(journal& to);
  http_agent_actor start(actor_fixture& in);
  void says(const std::string& label, std::vector<http::response> lines);
  std::vector<http::request> of(std::string_view label) const;

  /// Answers what was kept back.
  void release();

  journal& log;
  std::map<std::string, std::deque<http::response>> script; // none for a label: connection refused
  std::vector<http::request> asked;
  brake answers;
  http_agent_actor handle;

private:
  caf::result<http::response> reply(http_agent_actor::pointer self, const http::request& request);
  http::response next(const std::string& label);
};

// ── answers of web servers ───────────────────────────────────────────────────────────────────────

http::response answered(int status, std::string body);
http::response failed(http::outcome outcome);

/// KIE refuses in words, with HTTP 200 as it likes to.
http::response refused(int code, const std::string& reason);
http::response created(const std::string& task, int code = 200);
http::response generating();
http::response success(const std::string& url = "https://files.example/v/1.mp4");
http::response success_that_took(double credits);
http::response task_failed(const std::string& code, const std::string& cause);
http::response unknown_task();
http::response video();
http::response uploaded();

} // namespace neurocards::test
