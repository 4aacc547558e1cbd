#include "clients/kie.hpp"

#include "clients/sigv4.hpp"
#include "domain/models.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace neurocards::kie {

namespace {

using namespace std::chrono_literals;

constexpr int64_t answer_limit = 1 << 20; // bytes; a record echoes the whole request
constexpr auto upload_timeout = 2min;
constexpr int64_t slowest = 1024;  // bytes/s
constexpr int prices_a_page = 100; // KIE gives no more

} // namespace

api::api(std::string base_url, std::string upload_url, std::chrono::milliseconds timeout,
         std::string proxy)
  : base_url_(std::move(base_url)), upload_url_(std::move(upload_url)), timeout_(timeout),
    proxy_(std::move(proxy)) {}

http::request api::json_request(const std::string& path, std::string label,
                                const secret& key) const {
  http::request result;
  result.url = base_url_ + path;
  result.label = std::move(label);
  result.headers = {{"Content-Type", "application/json"}};
  result.bearer = key;
  result.max_bytes = answer_limit;
  result.timeout = timeout_;
  result.proxy = proxy_;
  return result;
}

http::request api::create_task(const secret& key, std::string body) const {
  auto result = json_request("/api/v1/jobs/createTask", "kie.createTask", key);
  result.method = "POST";
  result.body = std::move(body);
  result.fresh = true;
  return result;
}

http::request api::record_info(const secret& key, const task_id& task) const {
  return json_request("/api/v1/jobs/recordInfo?taskId=" + sigv4::encode_component(task.value),
                      "kie.recordInfo", key);
}

http::request api::credit(const secret& key) const {
  return json_request("/api/v1/chat/credit", "kie.credit", key);
}

http::request api::download_url(const secret& key, const std::string& result_url) const {
  auto result = json_request("/api/v1/common/download-url", "kie.downloadUrl", key);
  result.method = "POST";
  result.body = nlohmann::json{{"url", result_url}}.dump(-1, ' ', false,
                                                         nlohmann::json::error_handler_t::replace);
  return result;
}

http::request api::upload(const secret& key, const std::string& file, const std::string& file_name,
                          const std::string& content_type) const {
  http::request result;
  result.method = "POST";
  result.url = upload_url_ + "/api/file-stream-upload";
  result.label = "kie.upload";
  result.bearer = key;
  result.parts = {{"file", {}, file, file_name, content_type},
                  {"uploadPath", "neurocards", {}, {}, {}},
                  {"fileName", file_name, {}, {}, {}}};
  result.max_bytes = answer_limit;
  result.timeout = std::max<std::chrono::milliseconds>(timeout_, upload_timeout);
  result.min_speed = slowest;
  result.proxy = proxy_;
  return result;
}

http::request api::prices(int page) const {
  auto result = json_request("/client/v1/model-pricing/page", "kie.prices", {});
  result.method = "POST";
  result.body = nlohmann::json{{"pageNum", page}, {"pageSize", prices_a_page}}.dump();
  return result;
}

provider::service service(const api& x) {
  provider::service result;
  result.name = "kie";
  result.create = [x](const secret& key, const creation& wanted) {
    return x.create_task(
      key, models::create_task_body(wanted.model, wanted.prompt, wanted.photo, wanted.callback));
  };
  result.read_created = [](const http::response& got, const std::string&) {
    return parse_created(got);
  };
  result.poll = [x](const secret& key, const task_id& task) { return x.record_info(key, task); };
  result.read_poll = [](const http::response& got, const task_id&) {
    return parse_record_info(got);
  };
  result.classify = classify;
  result.could_not_fetch = could_not_fetch;
  result.probe = [x](const secret& key) { return x.credit(key); };
  result.read_probe = [](const http::response& got) {
    const auto read = parse_credit(got);
    const auto* fault = std::get_if<signal>(&read);
    return fault ? std::optional{*fault} : std::nullopt;
  };
  result.credit = [x](const secret& key) { return x.credit(key); };
  result.read_credit = parse_credit;
  result.upload = [x](const secret& key, const std::string& file, const std::string& file_name,
                      const std::string& type) { return x.upload(key, file, file_name, type); };
  result.read_upload = parse_upload;
  result.renew_link = [x](const secret& key, const std::string& url) {
    return x.download_url(key, url);
  };
  result.read_link = parse_download_url;
  result.prices = [x](int page) { return x.prices(page); };
  result.read_prices = parse_prices;
  result.callback_path = "/kie/callback/";
  return result;
}

} // namespace neurocards::kie
