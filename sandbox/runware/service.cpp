#include "sandbox/runware/service.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::runware {

namespace {

using nlohmann::json;

constexpr double price = 2.4; // US$ of a clip
constexpr std::string_view results = "/runware/results/";

void refuse(exchange& x, int status, const char* code, const std::string& message,
            const std::string& id) {
  const json error = {{"code", code}, {"message", message}, {"taskUUID", id}};
  x.send(status, json{{"errors", json::array({error})}}.dump(), status);
}

void answer(exchange& x, json data) {
  x.send(200, json{{"data", std::move(data)}}.dump(), 200);
}

bool is_uuid(const std::string& x) {
  return x.size() == 36 && x[8] == '-' && x[14] == '4'; // version 4
}

std::string text(const json& x, const char* name) {
  return x.contains(name) && x[name].is_string() ? x[name].get<std::string>() : std::string{};
}

/// What is wrong with the photo; empty: nothing.
std::string fault_of_photo(const json& order) {
  const auto frames = order.value("/inputs/frameImages"_json_pointer, json::array());
  if (!frames.is_array() || frames.size() != 1)
    return "inputs.frameImages needs one image";
  const auto image = text(frames.front(), "image");
  if (!image.starts_with("data:image/") || image.find(";base64,") == image.npos)
    return "the image is no data URI";
  return {};
}

} // namespace

void service::on_api(const http_server::request& req, http_server::responder r) {
  const auto body = json::parse(req.body, nullptr, false);
  const bool one = body.is_array() && body.size() == 1 && body.front().is_object();
  const auto order = one ? body.front() : json::object();
  const auto type = text(order, "taskType");
  const auto id = text(order, "taskUUID");
  exchange x{
    world_,
    {"runware", type.empty() ? "unknown" : type, {{"task", id}, {"model", text(order, "model")}}},
    std::move(r)};
  if (x.refused())
    return;
  if (!req.header("Authorization").starts_with("Bearer "))
    return refuse(x, 401, "invalidApiKey", "Invalid API key.", id);
  if (!is_uuid(id))
    return refuse(x, 400, "invalidTaskUUID", "taskUUID is no UUID of version 4", id);
  if (type == "videoInference")
    return create(order, std::string{req.header("Host")}, std::move(x));
  if (type == "getResponse")
    return poll(id, std::move(x));
  refuse(x, 400, "invalidTaskType", "taskType is none of ours", id);
}

void service::create(const json& order, std::string host, exchange x) {
  const auto id = text(order, "taskUUID");
  if (tasks_.contains(id))
    return refuse(x, 400, "conflictTaskUUID", "The taskUUID was used before.", id);
  for (const auto* needed : {"model", "positivePrompt"})
    if (text(order, needed).empty())
      return refuse(x, 400, "missingParameter", std::string{needed} + " is missing", id);
  if (order.contains("width") || order.contains("height"))
    return refuse(x, 400, "invalidParameter", "with a first frame only resolution is allowed", id);
  if (const auto fault = fault_of_photo(order); !fault.empty())
    return refuse(x, 400, "invalidImage", fault, id);
  const auto& set = world_.set;
  const auto now = real_now();
  tasks_[id] = {now + set.kie_null, now + set.kie_waiting + set.kie_queuing + set.kie_generating,
                std::move(host)};
  answer(x, json::array({json{{"taskType", "videoInference"}, {"taskUUID", id}}}));
}

void service::poll(const std::string& id, exchange x) {
  const auto found = tasks_.find(id);
  const auto now = real_now();
  if (found == tasks_.end() || now < found->second.shown_from)
    return answer(x, json::array());
  json shown = {{"taskType", "videoInference"}, {"taskUUID", id}, {"status", "processing"}};
  if (now >= found->second.done_from) {
    shown["status"] = "success";
    shown["videoURL"] = "http://" + found->second.host + std::string{results} + id + ".mp4";
    shown["cost"] = price;
  }
  answer(x, json::array({std::move(shown)}));
}

void service::on_result(const http_server::request& req, http_server::responder r) {
  const auto id = req.path.substr(std::min(results.size(), req.path.size()), 36);
  exchange x{world_, {"runware", "result", {{"task", id}}}, std::move(r)};
  if (x.refused())
    return;
  const auto found = tasks_.find(id);
  if (found == tasks_.end() || real_now() < found->second.done_from)
    return x.send(404, "not available", 404);
  x.send(http_server::answer{.headers = {{"Content-Type", "video/mp4"}},
                             .body = {},
                             .file = world_.blobs.path(renderer_.plain())},
         200);
}

} // namespace neurocards::sandbox::runware
