#pragma once

#include "actors/prompt_writer.hpp"
#include "tests/support/fake_web.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace neurocards::test {

inline constexpr const char* script =
  "A woman in a sunlit kitchen lifts the blue mug, steam rises, and she smiles into the camera.";

inline http::response completed(const std::string& text, const std::string& reason = "stop") {
  return answered(200, R"({"choices":[{"index":0,"message":{"role":"assistant","content":")" + text
                         + R"("},"finish_reason":")" + reason + R"("}]})");
}

inline http::response openai_error(int status, const std::string& type, const std::string& code,
                                   const std::string& param = "") {
  return answered(status, R"({"error":{"message":"no","type":")" + type + R"(","code":")" + code
                            + R"(","param":")" + param + R"("}})");
}

/// A prompt_writer between an OpenAI and a store of photos that live in memory.
struct writer_fixture : actor_fixture {
  writer_fixture() {
    web.says("openai.complete", {completed(script)});
    config.api = openai::api{"https://openai.example/v1", secret{"sk-test"}};
    config.writers = {"gpt"};
    config.timeout = 30s;
    config.concurrency = 50;
    neurocards::config::model sora;
    sora.slug = "sora";
    config.models = {sora};
  }

  void start() {
    in_force.replace(config);
    writer = own(sys.spawn<prompt_writer_impl>(in_force.whole(), agent, counts));
  }

  claimed_job job_of(order_template chosen) {
    claimed_job result;
    result.id = job_id{uuid::random()};
    result.template_type = chosen;
    result.product_text = "a blue mug";
    return result;
  }

  /// Asks for a prompt; the answer is in `written` when it comes.
  void order(const claimed_job& job) {
    if (!writer)
      start();
    own(sys.spawn([this, job](caf::event_based_actor* asker) {
      asker->request(writer, caf::infinite, write_prompt{job})
        .then([this](const written_prompt& x) { written.push_back(x); },
              [this](const caf::error&) { ++unanswered; });
    }));
    settle();
  }

  void order(int n = 1) {
    for (int i = 0; i < n; ++i)
      order(job_of(order_template::ugc));
  }

  int asked() { return log.count("openai.complete"); }

  int from(prompt_source source) const {
    return static_cast<int>(std::count_if(written.begin(), written.end(),
                                          [&](const auto& x) { return x.source == source; }));
  }

  journal log;
  std::string photo = "a small JPEG"; // empty: the store has none
  std::vector<std::string> opened;
  fake_web web{log};
  metrics counts{sys};
  prompt_writer_config config; // which `start` brings into force
  changeable<prompt_writer_config> in_force{{}};
  std::vector<written_prompt> written;
  int unanswered = 0;
  http_agent_actor agent = web.start(*this);
  prompt_writer_actor writer;

  /// Has the photo shown.
  void open_eyes() {
    config.disk = [](auto task, auto done) { done(task()); };
    config.photos = spawn_fake<object_store_actor>(
      [](const put_file&) { return put_result{}; },
      [this](const open_file& x) -> caf::result<opened_file> {
        opened.push_back(x.key.value);
        if (photo.empty())
          return caf::make_error(ec::file_missing);
        const auto path =
          (std::filesystem::temp_directory_path() / to_string(uuid::random())).string();
        std::ofstream{path} << photo;
        return opened_file{path, 1, true};
      },
      [](const link_file&) { return file_link{}; }, [](const drop_file&) {});
  }

  void order_of_photo() {
    auto job = job_of(order_template::ugc);
    job.photo = storage_key{"photos/1.ready-720x960.jpg"};
    order(job);
  }

  /// Which models were asked, in order, with + where the photo was shown.
  std::string asked_whom() {
    std::string result;
    for (const auto& x : web.of("openai.complete")) {
      const auto body = nlohmann::json::parse(x.body);
      result += (result.empty() ? "" : " ") + body.at("model").get<std::string>();
      if (body.at("messages").at(1).at("content").is_array())
        result += "+";
    }
    return result;
  }
};

} // namespace neurocards::test
