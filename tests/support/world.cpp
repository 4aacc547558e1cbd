#include "tests/support/world.hpp"

#include <curl/curl.h>

#include <stdexcept>

namespace neurocards::test {

using namespace std::chrono_literals;

namespace {

constexpr const char* webhook_secret = "e2e-webhook-secret";

size_t append(char* data, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

/// `method`: one that curl would not choose by itself.
web_answer exchange(const std::string& url, const std::string* body,
                    const std::vector<std::string>& headers, const char* method = nullptr) {
  web_answer result;
  CURL* curl = curl_easy_init();
  curl_slist* list = nullptr;
  for (const auto& header : headers)
    list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &result.body);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  if (body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
  }
  if (curl_easy_perform(curl) == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    result.status = static_cast<int>(status);
  }
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  return result;
}

nlohmann::json checked(const web_answer& got, const std::string& subject) {
  if (got.status != 200)
    throw std::runtime_error(subject + ": HTTP " + std::to_string(got.status) + " " + got.body);
  return nlohmann::json::parse(got.body);
}

std::string text_of(const nlohmann::json& message) {
  return message.value("text", message.value("caption", std::string{}));
}

} // namespace

web_answer web_get(const std::string& url, const std::vector<std::string>& headers) {
  return exchange(url, nullptr, headers);
}

web_answer web_post(const std::string& url, const std::string& body,
                    const std::vector<std::string>& headers) {
  return exchange(url, &body, headers);
}

web_answer web_delete(const std::string& url) {
  return exchange(url, nullptr, {}, "DELETE");
}

sandbox_process::sandbox_process(const std::vector<std::string>& options,
                                 const std::vector<std::string>& through) {
  auto words = through;
  words.push_back(built("neurocards-sandbox"));
  words.emplace_back("--listen=127.0.0.1:0");
  words.insert(words.end(), options.begin(), options.end());
  const auto program = words.front();
  words.erase(words.begin());
  process_ = std::make_unique<process>(program, words, std::map<std::string, std::string>{},
                                       folder_.file("sandbox.log"));
  wait_until("the sandbox", [this] {
    const auto out = process_->output();
    const auto position = out.find("http://");
    if (position == std::string::npos || out.find('\n', position) == std::string::npos)
      return false;
    url_ = out.substr(position, out.find('\n', position) - position);
    return true;
  });
}

nlohmann::json sandbox_process::get(const std::string& path) {
  return checked(web_get(url_ + "/control/" + path), path);
}

nlohmann::json sandbox_process::post(const std::string& path, const nlohmann::json& body) {
  return checked(
    web_post(url_ + "/control/" + path, body.dump(), {"Content-Type: application/json"}), path);
}

std::vector<std::string> sandbox_process::said_to(int64_t user) {
  std::vector<std::string> result;
  const auto got = get("messages?chat=" + std::to_string(user) + "&since=0");
  for (const auto& message : got.is_array() ? got : got.at("messages"))
    if (message.at("sandbox").value("from_bot", false))
      result.push_back(text_of(message));
  return result;
}

int64_t sandbox_process::times_called(const std::string& service, const std::string& operation) {
  const auto counters = get("calls?service=" + service + "&operation=" + operation).at("counters");
  const auto found = counters.find(service + "." + operation);
  return found == counters.end() ? 0 : found->at("total").get<int64_t>();
}

bool sandbox_process::press(int64_t user, const std::string& text) {
  const auto got = get("messages?chat=" + std::to_string(user) + "&since=0");
  const auto& messages = got.is_array() ? got : got.at("messages");
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    if (!message->contains("reply_markup"))
      continue;
    for (const auto& row : message->at("reply_markup").at("inline_keyboard")) {
      for (const auto& button : row) {
        if (button.value("text", std::string{}).rfind(text, 0) != 0)
          continue;
        post(
          "press",
          {{"user", user}, {"message_id", message->at("message_id")}, {"text", button.at("text")}});
        return true;
      }
    }
  }
  return false;
}

world::world(const std::vector<std::string>& sandbox_options) : services(sandbox_options) {
  options = {"--http.listen=127.0.0.1:0",     "--storage.path=" + folder_.file("data"),
             "--kie.poll-interval=200ms",     "--kie.backoff-initial=200ms",
             "--kie.backoff-max=1s",          "--kie.orphan-grace=1s",
             "--kie.outage-probe=500ms",      "--db.lease=3s",
             "--db.heartbeat=500ms",          "--notifier.rate=1000",
             "--notifier.per-chat-rate=1000", "--worker.claim-interval=200ms",
             "--kie.create-budget=100000",    "--kie.query-budget=100000",
             "--telegram.poll-timeout=1s"};
  services.post("settings",
                {{"telegram_limits", false}, {"kie_limits", false}, {"kie_time", 1'000}});
}

world::world(updates_by mode) : world() {
  if (mode == updates_by::polling)
    return;
  front_ = std::make_unique<front>();
  options.push_back("--telegram.mode=webhook");
  options.push_back("--http.public-url=" + front_->url());
  variables["TELEGRAM_WEBHOOK_SECRET"] = webhook_secret;
  services.post("settings", {{"webhook_retry", 200}});
}

int world::bring(const std::string& node_url, const nlohmann::json& update) {
  return web_post(node_url + "/telegram/webhook", update.dump(),
                  {"Content-Type: application/json",
                   std::string{"X-Telegram-Bot-Api-Secret-Token: "} + webhook_secret})
    .status;
}

std::map<std::string, std::string> node_environment(const std::string& database_url,
                                                    const std::string& services_url) {
  return {{"BOT_TOKEN", "100200300:e2e-secret-token-0123456789abcdefgh"},
          {"DATABASE_URL", database_url},
          {"KIE_API_KEY", "kie-secret-one,kie-secret-two"},
          {"OPENAI_API_KEY", "openai-secret"},
          {"TELEGRAM_API_URL", services_url},
          {"KIE_API_URL", services_url},
          {"KIE_UPLOAD_URL", services_url},
          {"OPENAI_API_URL", services_url + "/v1"}};
}

std::map<std::string, std::string> world::environment() const {
  auto result = node_environment(db.url(), services.url());
  for (const auto& [name, value] : variables)
    result[name] = value;
  return result;
}

process& world::launch_node(const std::vector<std::string>& more) {
  std::vector<std::string> all{"run", "--migrate"};
  all.insert(all.end(), options.begin(), options.end());
  all.insert(all.end(), more.begin(), more.end());
  const auto log = folder_.file("node-" + std::to_string(nodes_.size()) + ".log");
  nodes_.push_back(
    std::make_unique<process>(built("neurocards"), all, environment(), log, folder_.path()));
  return *nodes_.back();
}

process& world::start_node(const std::vector<std::string>& more) {
  auto& node = launch_node(more);
  wait_until("the node", [&] {
    if (!node.running())
      throw std::runtime_error("the node ended at once: " + node.output());
    const auto out = node.output();
    const auto position = out.find("http.listens");
    const auto port = position == std::string::npos ? position : out.find("port=", position);
    if (port == std::string::npos || out.find('\n', port) == std::string::npos)
      return false;
    node_url_ = "http://127.0.0.1:" + std::to_string(std::stoi(out.substr(port + 5)));
    return web_get(node_url_ + "/readyz").status == 200;
  });
  if (front_)
    front_->add(static_cast<uint16_t>(std::stoi(node_url_.substr(node_url_.rfind(':') + 1))));
  return node;
}

world::verb_result world::verb(const std::vector<std::string>& words) {
  const auto log = folder_.file("verb-" + to_string(uuid::random()) + ".log");
  process run{built("neurocards"), words, environment(), log, folder_.path()};
  const int code = run.wait();
  return {code, run.output()};
}

void world::order(int64_t user, int count) {
  const auto press = [&](const std::string& text) {
    wait_until("button " + text, [&] { return services.press(user, text); });
  };
  services.post("send", {{"user", user}, {"text", "/start"}});
  press("✅ Принимаю условия");
  services.post("send", {{"user", user},
                         {"type", "photo"},
                         {"sample", photo},
                         {"caption", "Керамическая кружка, 350 мл"}});
  press("🎥 Рекламное видео");
  expect(user, "💡");
  services.post("send", {{"user", user}, {"text", "-"}});
  press(count == 5 ? "5️⃣" : count == 3 ? "3️⃣" : "1️⃣");
  press("🚀 Запустить");
}

void world::expect(int64_t user, const std::string& text, std::chrono::milliseconds limit) {
  wait_until(
    "\"" + text + "\" to " + std::to_string(user), [&] { return times_said(user, text) > 0; },
    limit);
}

void world::wait_for_marks() {
  wait_until("the marks of all messages", [&] {
    return db.number("SELECT count(*) FROM notifications WHERE sent_at IS NULL") == 0;
  });
}

int world::times_said(int64_t user, const std::string& text) {
  const auto all = services.said_to(user);
  return static_cast<int>(
    std::ranges::count_if(all, [&](const std::string& x) { return x.rfind(text, 0) == 0; }));
}

} // namespace neurocards::test
