#include "sandbox/kie/service.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace neurocards::sandbox::kie {

namespace {

using nlohmann::json;

struct row {
  const char* description;
  const char* price; // a text, as there
  const char* unit;
  const char* model;
};

/// Rows of that list, with its way of writing: several of a model, which differ by a sentence.
constexpr row rows[] = {
  {"Sora 2, image-to-video, Standard-15.0s", "30", "per video", "sora-2-image-to-video"},
  {"ByteDance Seedance 2.0 mini, 480p", "3.8", "per second", "bytedance/seedance-2-mini"},
  {"ByteDance Seedance 2.0 mini, 720p", "8.2", "per second", "bytedance/seedance-2-mini"},
  {"ByteDance Seedance 2.0 fast, 720p", "33", "per secound", "bytedance/seedance-2-fast"},
  {"wan 3.0, 480P", "8", "per second", "wan/3-0-video"},
  {"wan 3.0, 720P", "16", "per second", "wan/3-0-video"},
  {"MiniMax H3, image-to-video, 768P", "8", "per second", "minimax-h3/image-to-video"},
  {"wan 2.6, image-to-video, 10.0s-720p", "140", "per video", "wan/2-6-image-to-video"},
  {"wan 2.6, image-to-video, 15.0s-720p", "210", "per video", "wan/2-6-image-to-video"},
  {"Kling 2.6, image-to-video, with audio-10.0s", "220", "per video", "kling-2.6/image-to-video"},
  {"Kling 2.6, image-to-video, without audio-10.0s", "110", "per video",
   "kling-2.6/image-to-video"},
  {"Google nano banana 2, 1K", "8", "per image", "nano-banana-2"},
};

json shown(const row& x) {
  return {{"modelDescription", x.description},
          {"creditPrice", x.price},
          {"creditUnit", x.unit},
          {"usdPrice", ""},
          {"falPrice", ""},
          {"anchor", std::string{"https://kie.ai/playground?model="} + x.model}};
}

} // namespace

void service::on_prices(const http_server::request& req, http_server::responder r) {
  exchange x{world_, {"kie", "prices", {}}, std::move(r)};
  if (x.refused())
    return;
  const auto asked = json::parse(req.body, nullptr, false);
  const auto number = [&](const char* name) {
    return asked.is_object() && asked.contains(name) && asked[name].is_number_integer()
             ? asked[name].get<int64_t>()
             : int64_t{0};
  };
  const auto size = std::clamp<int64_t>(number("pageSize"), 1, 100);
  const auto first = (std::max<int64_t>(number("pageNum"), 1) - 1) * size;
  const auto total = static_cast<int64_t>(std::size(rows));
  json records = json::array();
  for (auto i = first; i < std::min(total, first + size); ++i)
    records.push_back(shown(rows[i]));
  const json data = {
    {"records", std::move(records)}, {"total", total}, {"pages", (total + size - 1) / size}};
  x.send(200, json{{"code", 200}, {"msg", "success"}, {"data", data}}.dump(), 200);
}

} // namespace neurocards::sandbox::kie
