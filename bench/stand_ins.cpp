#include "bench/stand_ins.hpp"

#include "base/uuid.hpp"
#include "tests/support/nameless_files.hpp"

#include <fstream>

namespace neurocards::bench {

namespace {

http::response says(std::string body) {
  http::response result;
  result.outcome = http::outcome::answered;
  result.status = 200;
  result.bytes = static_cast<int64_t>(body.size());
  result.body = std::move(body);
  result.content_type = "application/json";
  return result;
}

/// The boxes that begin every MP4.
http::response video(const std::string& save_to) {
  std::string bytes{"\0\0\0\x18"
                    "ftypisom\0\0\2\0isommp41\0\0\0\x8mdat",
                    32};
  std::ofstream{save_to, std::ios::binary} << bytes;
  auto result = says("");
  result.bytes = static_cast<int64_t>(bytes.size());
  result.prefix = std::move(bytes);
  result.content_type = "video/mp4";
  return result;
}

} // namespace

http_agent_actor obliging_web(caf::actor_system& sys) {
  return sys.spawn([](http_agent_actor::pointer) -> http_agent_actor::behavior_type {
    auto tasks = std::make_shared<int64_t>(0);
    // Task ids are never given twice, as at the provider: a database may see several of us.
    return {[tasks,
             name = "bench-" + to_string(uuid::random()) + "-"](const http::request& request) {
      if (request.label == "kie.createTask")
        return says(R"({"code":200,"msg":"success","data":{"taskId":")" + name
                    + std::to_string(++*tasks) + R"("}})");
      if (request.label == "kie.recordInfo")
        return says(
          R"({"code":200,"msg":"success","data":{"taskId":"t","state":"success","resultJson":)"
          R"("{\"resultUrls\":[\"https://files.example/v.mp4\"]}"}})");
      if (request.label == "kie.upload")
        return says(
          R"({"success":true,"code":200,"msg":"ok","data":{"downloadUrl":"https://kie.example/1.jpg"}})");
      if (request.label == "openai.complete")
        return says(
          R"({"choices":[{"message":{"content":"A mug turns on a table."},"finish_reason":)"
          R"("stop"}]})");
      if (!request.save_to.empty())
        return video(request.save_to);
      return says(
        R"({"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}})");
    }};
  });
}

object_store_actor obliging_store(caf::actor_system& sys, std::function<void()> opened) {
  return sys.spawn([opened = std::move(opened)]() -> object_store_actor::behavior_type {
    return {
      [](const put_file& request) -> caf::result<put_result> {
        std::remove(request.path.c_str());
        return put_result{32};
      },
      [opened](const open_file&) -> caf::result<opened_file> {
        if (opened)
          opened();
        return opened_file{"/dev/null", 32, false};
      },
      [](const link_file&) -> caf::result<file_link> {
        return file_link{"https://bench.example/f"};
      },
      [](const drop_file&) {},
    };
  });
}

std::shared_ptr<const storage::store> files_in(const std::string& folder) {
  return std::make_shared<test::nameless_files>(folder);
}

std::vector<config::model> one_model() {
  config::model model;
  model.slug = "bench-model";
  model.name = "Bench";
  return {model};
}

} // namespace neurocards::bench
