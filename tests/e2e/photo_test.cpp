#include "tests/support/drawn_pictures.hpp"
#include "tests/support/pictures.hpp"
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace neurocards::test;
namespace drawn = neurocards::test::drawn;

// What a user sends is never what KIE gets.

namespace {

struct studio : world {
  studio() { start_node({"--credits.welcome=5"}); }

  void press(const std::string& text) {
    wait_until("button " + text, [&] { return services.press(7, text); });
  }

  void begin() {
    services.post("send", {{"user", 7}, {"text", "/start"}});
    press("✅ Принимаю условия");
  }

  /// As a file, which Telegram passes on byte by byte.
  void send_file(const std::string& name, const std::string& bytes) {
    const std::string line = "\r\n--edge\r\nContent-Disposition: form-data; name=";
    std::string body;
    const std::pair<std::string, std::string> fields[] = {
      {"user", "7"}, {"type", "document"}, {"caption", "Керамическая кружка, 350 мл"}};
    for (const auto& [field, value] : fields)
      body += line + "\"" + field + "\"\r\n\r\n" + value;
    body += line + "\"file\"; filename=\"" + name + "\"\r\nContent-Type: image/jpeg\r\n\r\n" + bytes
            + "\r\n--edge--\r\n";
    const auto answer = web_post(services.url() + "/control/send", body,
                                 {"Content-Type: multipart/form-data; boundary=edge"});
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
  }

  /// Orders a video of the photo that was sent, and waits for it.
  void film() {
    press("🎥 Рекламное видео");
    expect(7, "💡");
    services.post("send", {{"user", 7}, {"text", "-"}});
    press("1️⃣");
    press("🚀 Запустить");
    expect(7, "✅ Видео готово!");
  }

  /// The picture that the bot has shown with these words.
  std::string shown_with(const std::string& words) {
    const auto chat = services.get("messages?chat=7&since=0").at("messages");
    for (const auto& x : chat)
      if (x.contains("photo") && x.value("caption", "").starts_with(words)) {
        const auto id = x.at("photo").back().at("file_id").get<std::string>();
        return web_get(services.url() + "/control/file?id=" + id).body;
      }
    return {};
  }

  /// The file that KIE was given for the only task.
  std::string given_to_kie() {
    const auto tasks = services.get("tasks");
    REQUIRE(tasks.at("count") == 1);
    const auto got = web_get(tasks.at("tasks")[0].at("image_url").get<std::string>());
    REQUIRE(got.status == 200);
    return got.body;
  }
};

} // namespace

TEST_SUITE_BEGIN("e2e/photo");

TEST_CASE_FIXTURE(studio,
                  "e2e: a photo on its side, with its place, reaches KIE upright and without") {
  const auto sent = drawn::picture(".jpg", {900, 600, 6, true});
  REQUIRE(sent.find("Neurocam") != std::string::npos);
  begin();
  send_file("IMG_1.jpg", sent);
  film();
  const auto given = given_to_kie();
  const auto shown = drawn::look_into(given);
  CHECK(given.starts_with("\xFF\xD8\xFF"));
  CHECK(given.find("Exif") == std::string::npos);
  CHECK(given.find("Neurocam") == std::string::npos);
  CHECK_FALSE(shown.metadata);
  CHECK(shown.width == 1080); // the frame of models that follow the photo
  CHECK(shown.height == 1920);
  CHECK(shown.red_above_right); // the quarter that was above left before the turn
  const auto kept = db.value("SELECT product_image_url FROM jobs");
  CHECK(kept.ends_with(".ready-600x900.jpg"));
  db.check_promises();
}

TEST_CASE_FIXTURE(studio, "e2e: HEIC and WebP files become films, and a wide one is shown first") {
  auto sent = drawn::picture(".heic", {1200, 800});
  if (sent.empty())
    sent = drawn::picture(".webp", {1200, 800});
  REQUIRE_FALSE(sent.empty());
  begin();
  send_file("IMG_2.HEIC", sent);
  expect(7, "🖼 Видео вертикальное, а фото широкое");
  const auto preview =
    shown_with("🖼 Видео вертикальное, а фото широкое");
  const auto look = drawn::look_into(preview);
  CHECK(look.width == 1080);
  CHECK(look.height == 1920);
  CHECK_FALSE(look.metadata);
  film();
  CHECK(given_to_kie() == preview); // exactly what is filmed
  db.check_promises();
}

TEST_CASE_FIXTURE(studio, "e2e: a picture of 30,000 x 30,000 pixels is refused at once") {
  begin();
  send_file("IMG_4.jpg", neurocards::test::pictures::jpeg(30'000, 30'000));
  expect(7, "🗺 В снимке 30000×30000 слишком много точек");
  CHECK(db.number("SELECT count(*) FROM jobs") == 0);
  db.check_promises();
}

TEST_CASE_FIXTURE(studio,
                  "e2e: a file that cannot be decoded is refused before anything is charged") {
  begin();
  const auto whole = drawn::picture(".jpg", {1200, 900});
  send_file("IMG_3.jpg", whole.substr(0, whole.size() / 2));
  expect(7, "💔 Файл повреждён");
  CHECK(db.number("SELECT count(*) FROM jobs") == 0);
  CHECK(db.number("SELECT credits FROM users WHERE tg_user_id = 7") == 5);
  db.check_promises();
}

TEST_SUITE_END();
