#include "tests/support/fake_web.hpp"

#include <caf/action.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

namespace neurocards::test {

fake_web::fake_web(journal& to) : log(to) {}

http_agent_actor fake_web::start(actor_fixture& in) {
  handle = in.own(in.sys.spawn([this](http_agent_actor::pointer self) {
    return http_agent_actor::behavior_type{
      [this, self](const http::request& request) { return reply(self, request); }};
  }));
  return handle;
}

void fake_web::says(const std::string& label, std::vector<http::response> lines) {
  script[label].assign(lines.begin(), lines.end());
}

std::vector<http::request> fake_web::of(std::string_view label) const {
  std::vector<http::request> result;
  for (const auto& x : asked)
    if (x.label == label)
      result.push_back(x);
  return result;
}

void fake_web::release() {
  for (auto& answer : answers.release())
    caf::anon_send(caf::actor_cast<caf::actor>(handle), caf::make_action(std::move(answer)));
}

caf::result<http::response> fake_web::reply(http_agent_actor::pointer self,
                                            const http::request& request) {
  log.note(request.label);
  asked.push_back(request);
  if (!answers.holds(request.label))
    return next(request.label);
  auto promise = self->make_response_promise<http::response>();
  answers.keep([this, promise, label = request.label]() mutable { promise.deliver(next(label)); });
  return promise;
}

http::response fake_web::next(const std::string& label) {
  auto& answers_of = script[label];
  if (answers_of.empty())
    return {};
  auto result = answers_of.front();
  if (answers_of.size() > 1)
    answers_of.pop_front();
  return result;
}

http::response answered(int status, std::string body) {
  http::response result;
  result.outcome = http::outcome::answered;
  result.status = status;
  result.body = std::move(body);
  result.bytes = static_cast<int64_t>(result.body.size());
  result.content_type = "application/json";
  return result;
}

http::response failed(http::outcome outcome) {
  http::response result;
  result.outcome = outcome;
  result.error = to_string(outcome);
  return result;
}

http::response refused(int code, const std::string& reason) {
  return answered(200, R"({"code":)" + std::to_string(code) + R"(,"msg":")" + reason
                         + R"(","data":null})");
}

http::response created(const std::string& task, int code) {
  return answered(200, R"({"code":)" + std::to_string(code)
                         + R"(,"msg":"success","data":{"taskId":")" + task + R"("}})");
}

http::response generating() {
  return answered(200,
                  R"({"code":200,"msg":"success","data":{"taskId":"t","state":"generating"}})");
}

http::response success(const std::string& url) {
  return answered(200, R"({"code":200,"msg":"success","data":{"taskId":"t","state":"success",)"
                       R"("resultJson":"{\"resultUrls\":[\")"
                         + url + R"(\"]}"}})");
}

http::response success_that_took(double credits) {
  auto result = success("https://files.example/v/1.mp4");
  const std::string field = R"("state":"success",)";
  result.body.insert(result.body.find(field) + field.size(),
                     R"("creditsConsumed":)" + std::to_string(credits) + ",");
  return result;
}

http::response task_failed(const std::string& code, const std::string& reason) {
  return answered(200, R"({"code":200,"msg":"success","data":{"taskId":"t","state":"fail",)"
                       R"("failCode":")"
                         + code + R"(","failMsg":")" + reason + R"("}})");
}

http::response unknown_task() {
  return refused(422, "recordInfo is null");
}

http::response video() {
  auto result = answered(200, "");
  result.bytes = 1'000'000;
  result.prefix = std::string{"\0\0\0\x20"
                              "ftypisom",
                              12};
  result.content_type = "video/mp4";
  return result;
}

http::response uploaded() {
  return answered(200, R"({"success":true,"code":200,"msg":"ok",)"
                       R"("data":{"downloadUrl":"https://kie.example/up/1.jpg"}})");
}

} // namespace neurocards::test
