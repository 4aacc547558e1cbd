#include "tests/unit/sandbox/fixture.hpp"

#include "sandbox/media/samples.hpp"
#include "sandbox/text.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace neurocards::test::simulated {

using namespace sandbox;

namespace {

struct receiving {
  http_result out;
  size_t enough;
};

size_t on_body(char* data, size_t, size_t size, void* self) {
  auto& r = *static_cast<receiving*>(self);
  r.out.body.append(data, size);
  return r.out.body.size() > r.enough ? 0 : size;
}

size_t on_header(char* data, size_t, size_t size, void* self) {
  const std::string_view line{data, size};
  const auto colon = line.find(": ");
  if (colon != line.npos)
    static_cast<receiving*>(self)->out.headers[lower(line.substr(0, colon))] =
      line.substr(colon + 2, size - colon - 4);
  return size;
}

app::config quick() {
  app::config cfg;
  cfg.port = 0;
  cfg.initial.render = false;
  cfg.initial.telegram_limits = false;
  cfg.initial.kie_limits = false;
  cfg.initial.kie_null = 0;
  cfg.initial.webhook_retry = 10;
  set_kie_time(cfg.initial, 30);
  return cfg;
}

} // namespace

json http_result::parsed() const {
  auto result = json::parse(body, nullptr, false);
  if (result.is_discarded())
    throw std::runtime_error(std::string{curl_easy_strerror(code)} + ", HTTP "
                             + std::to_string(status) + ": " + body);
  return result;
}

http_result fetch(const http_call& call) {
  receiving r{{}, call.enough};
  auto* easy = curl_easy_init();
  curl_slist* headers = nullptr;
  for (const auto& h : call.headers)
    headers = curl_slist_append(headers, h.c_str());
  headers = curl_slist_append(headers, "Expect:");
  curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
  if (!call.user_agent.empty())
    curl_easy_setopt(easy, CURLOPT_USERAGENT, call.user_agent.c_str());
  if (call.body) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body->data());
  }
  if (!call.method.empty())
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &r);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &r);
  r.out.code = curl_easy_perform(easy);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &r.out.status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(easy);
  return r.out;
}

http_result get(const std::string& url, std::vector<std::string> headers) {
  return fetch({.url = url, .headers = std::move(headers)});
}

http_result post(const std::string& url, const json& body, std::vector<std::string> headers) {
  headers.emplace_back("Content-Type: application/json");
  return fetch({.url = url, .body = body.dump(), .headers = std::move(headers)});
}

receiver::receiver() {
  server_ = std::make_unique<http_server>(
    http_server::config{}, [this](http_server::request req, http_server::responder r) {
      take(std::move(req), std::move(r));
    });
}

void receiver::answer_next(std::vector<int> statuses) {
  const std::lock_guard guard{mutex_};
  statuses_ = std::move(statuses);
}

void receiver::take(http_server::request req, http_server::responder r) {
  const std::lock_guard guard{mutex_};
  requests_.push_back(std::move(req));
  int status = 200;
  if (!statuses_.empty()) {
    status = statuses_.front();
    statuses_.erase(statuses_.begin());
  }
  r.send(status, "{}");
  changed_.notify_all();
}

std::vector<http_server::request> receiver::wait_for(size_t n) {
  std::unique_lock guard{mutex_};
  changed_.wait_for(guard, patience, [&] { return requests_.size() >= n; });
  return requests_;
}

services::services() : running(quick()) {}

json services::telegram(const std::string& method, const json& parameters) {
  return post(bot + "/" + method, parameters.is_null() ? json::object() : parameters).parsed();
}

json services::control(const std::string& path, const json& body) {
  return post(base + "/control/" + path, body).parsed();
}

json services::read(const std::string& path) {
  return get(base + "/control/" + path).parsed();
}

json services::kie(const std::string& path, const json& body, const std::string& key) {
  return post(base + path, body, {"Authorization: Bearer " + key}).parsed();
}

json services::record(const std::string& task, const std::string& key) {
  return get(base + "/api/v1/jobs/recordInfo?taskId=" + task, {"Authorization: Bearer " + key})
    .parsed();
}

std::string services::photo() {
  const auto answer = kie("/api/file-base64-upload", {{"base64Data", encode_base64(sample_jpeg())},
                                                      {"uploadPath", "photos"},
                                                      {"fileName", "a.jpg"}});
  return answer["data"]["downloadUrl"];
}

json services::order(const std::string& model) {
  return {{"model", model},
          {"input",
           {{"prompt", "A mug turns."},
            {"image_urls", {photo()}},
            {"aspect_ratio", "portrait"},
            {"n_frames", "15"}}}};
}

std::string services::create(const json& request) {
  const auto answer = kie("/api/v1/jobs/createTask", request);
  REQUIRE_MESSAGE(answer["code"] == 200, answer.dump());
  return answer["data"]["taskId"];
}

json services::wait_for_state(const std::string& task, const std::string& state) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  json data;
  do {
    const auto answer = record(task);
    data = answer["data"];
    if (data.is_object() && data["state"] == state)
      return data;
  } while (std::chrono::steady_clock::now() < deadline);
  FAIL("the task did not become " << state << ": " << data.dump());
  return data;
}

} // namespace neurocards::test::simulated
