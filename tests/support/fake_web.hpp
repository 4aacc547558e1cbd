#pragma once

#include "tests/support/actor_fixture.hpp"
#include "tests/support/journal.hpp"

#include <deque>
#include <map>

namespace neurocards::test {

/// The world's web servers: answers by the label of the request. The last answer of a label stays.
struct fake_web {
  explicit fake_web(journal& to) : log(to) {}

  http_agent_actor start(actor_fixture& in) {
    handle = in.own(in.sys.spawn([this](http_agent_actor::pointer self) {
      return http_agent_actor::behavior_type{
        [this, self](const http::request& request) { return reply(self, request); }};
    }));
    return handle;
  }

  void says(const std::string& label, std::vector<http::response> lines) {
    script[label].assign(lines.begin(), lines.end());
  }

  std::vector<http::request> of(std::string_view label) const {
    std::vector<http::request> result;
    for (const auto& x : asked)
      if (x.label == label)
        result.push_back(x);
    return result;
  }

  /// Answers what was kept back.
  void release() {
    for (auto& answer : answers.release())
      caf::anon_send(caf::actor_cast<caf::actor>(handle), caf::make_action(std::move(answer)));
  }

  journal& log;
  std::map<std::string, std::deque<http::response>> script; // none for a label: connection refused
  std::vector<http::request> asked;
  brake answers;
  http_agent_actor handle;

private:
  caf::result<http::response> reply(http_agent_actor::pointer self, const http::request& call) {
    log.note(call.label);
    asked.push_back(call);
    if (!answers.holds(call.label))
      return next(call.label);
    auto promise = self->make_response_promise<http::response>();
    answers.keep([this, promise, label = call.label]() mutable { promise.deliver(next(label)); });
    return promise;
  }

  http::response next(const std::string& label) {
    auto& answers_of = script[label];
    if (answers_of.empty())
      return {};
    auto result = answers_of.front();
    if (answers_of.size() > 1)
      answers_of.pop_front();
    return result;
  }
};

// ── answers of web servers ───────────────────────────────────────────────────────────────────────

inline http::response answered(int status, std::string body) {
  http::response result;
  result.outcome = http::outcome::answered;
  result.status = status;
  result.body = std::move(body);
  result.bytes = static_cast<int64_t>(result.body.size());
  result.content_type = "application/json";
  return result;
}

inline http::response failed(http::outcome outcome) {
  http::response result;
  result.outcome = outcome;
  result.error = to_string(outcome);
  return result;
}

/// KIE refuses in words, with HTTP 200 as it likes to.
inline http::response refused(int code, const std::string& reason) {
  return answered(200, R"({"code":)" + std::to_string(code) + R"(,"msg":")" + reason
                         + R"(","data":null})");
}

inline http::response created(const std::string& task, int code = 200) {
  return answered(200, R"({"code":)" + std::to_string(code)
                         + R"(,"msg":"success","data":{"taskId":")" + task + R"("}})");
}

inline http::response generating() {
  return answered(200,
                  R"({"code":200,"msg":"success","data":{"taskId":"t","state":"generating"}})");
}

inline http::response success(const std::string& url = "https://files.example/v/1.mp4") {
  return answered(200, R"({"code":200,"msg":"success","data":{"taskId":"t","state":"success",)"
                       R"("resultJson":"{\"resultUrls\":[\")"
                         + url + R"(\"]}"}})");
}

inline http::response task_failed(const std::string& code, const std::string& reason) {
  return answered(200, R"({"code":200,"msg":"success","data":{"taskId":"t","state":"fail",)"
                       R"("failCode":")"
                         + code + R"(","failMsg":")" + reason + R"("}})");
}

inline http::response unknown_task() {
  return refused(422, "recordInfo is null");
}

inline http::response video() {
  auto result = answered(200, "");
  result.bytes = 1'000'000;
  result.prefix = std::string{"\0\0\0\x20"
                              "ftypisom",
                              12};
  result.content_type = "video/mp4";
  return result;
}

inline http::response uploaded() {
  return answered(200, R"({"success":true,"code":200,"msg":"ok",)"
                       R"("data":{"downloadUrl":"https://kie.example/up/1.jpg"}})");
}

} // namespace neurocards::test
