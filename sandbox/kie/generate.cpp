#include "sandbox/kie/service.hpp"
#include "sandbox/media/probe.hpp"
#include "sandbox/text.hpp"

#include <nlohmann/json.hpp>
#include <openssl/hmac.h>

#include <array>

// The life of a task after createTask has answered: photo, video, end, callback.
namespace neurocards::sandbox::kie {

namespace {

using nlohmann::json;

constexpr size_t max_image = 10U << 20;

std::string sign(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return encode_base64({reinterpret_cast<const char*>(digest.data()), size});
}

} // namespace

task& service::begin(const json& request, const std::string& key, const verdict& v,
                     std::string_view host) {
  const auto& set = world_.set;
  task t;
  t.model = request["model"];
  t.key = key;
  t.param = request.dump();
  t.callback = request.value("callBackUrl", "");
  t.image_url = v.image_url;
  t.host = host;
  t.price = v.price;
  t.portrait = v.portrait;
  t.life = {.created_at = real_now(),
            .null_for = set.kie_null,
            .waiting_for = set.kie_waiting,
            .queuing_for = set.kie_queuing,
            .generating_for = set.kie_generating};
  follow_script(t);
  auto& kept = tasks_.add(std::move(t));
  world_.events.add(
    {{"type", "task"}, {"task", kept.id}, {"model", kept.model}, {"state", "waiting"}});
  if (!kept.life.fails)
    obtain_video(kept.id);
  const auto& life = kept.life;
  settle_later(kept, milliseconds{life.waiting_for + life.queuing_for + life.generating_for});
  return kept;
}

void service::follow_script(task& t) {
  const auto planned = world_.faults.next({"kie", "task", {{"model", t.model}, {"key", t.key}}});
  if (!planned)
    return;
  t.rule = planned->rule;
  const auto rule = json::parse(t.rule);
  t.life.waiting_for = rule.value("waiting", t.life.waiting_for);
  t.life.queuing_for = rule.value("queuing", t.life.queuing_for);
  t.life.generating_for = rule.value("generating", t.life.generating_for);
  t.life.null_for = rule.value("null", t.life.null_for);
  t.life.fails = rule.contains("fail_msg") || rule.contains("fail_code");
  t.fail_code = rule.value("fail_code", json("500")).dump();
  t.fail_msg = rule.value("fail_msg", json("Internal Error, Please try again later.")).dump();
}

void service::obtain_video(const std::string& id) {
  auto& t = *tasks_.find(id);
  if (!t.rule.empty() && json::parse(t.rule).value("never", false))
    return; // generates for ever
  if (!world_.set.kie_fetch_images) {
    use_image(id, {}, {});
    return;
  }
  const auto own = "http://" + t.host + "/uploads/";
  if (t.image_url.starts_with(own)) {
    const auto blob = uploads_.blob_at(percent_decode(t.image_url.substr(t.host.size() + 7)));
    if (blob.empty())
      return fail_now(t, "400", "Failed to fetch the image.");
    return use_image(id, world_.blobs.read(blob), blob);
  }
  outbound::request r{.url = t.image_url};
  r.max_bytes = max_image + 1;
  world_.net.send(std::move(r), [this, id, era = world_.era](const outbound::result& res) {
    auto* waiting = era == world_.era ? tasks_.find(id) : nullptr;
    if (!waiting)
      return;
    world_.calls.record({"kie", "fetch", {{"task", id}}}, res.status, false,
                        static_cast<size_t>(world_.set.calls_kept));
    if (res.status != 200)
      return fail_now(
        *waiting, "400",
        "Failed to fetch the image. Please check any access limits set by you or your service "
        "provider.");
    use_image(id, res.body, {});
  });
}

void service::use_image(const std::string& id, std::string_view bytes, const std::string& blob) {
  auto& t = *tasks_.find(id);
  const bool checked = world_.set.kie_fetch_images;
  if (checked && bytes.size() > max_image)
    return fail_now(t, "422", "image size exceeds the limit of 10 MB");
  if (const auto fault = fault_of_picture(t.model, probe(bytes)); checked && !fault.empty())
    return fail_now(t, "422", fault);
  const auto ready = [this, id, era = world_.era](const std::string& video) {
    auto* made = era == world_.era ? tasks_.find(id) : nullptr;
    if (!made)
      return;
    made->video = video;
    made->life.ready_at = real_now();
    if (made->life.end() <= real_now()) // else the timer set at the creation is still to come
      settle(id);
  };
  if (!checked || !world_.set.render)
    return ready(renderer_.plain());
  renderer_.render(blob.empty() ? world_.blobs.put(bytes) : blob, t.portrait, t.model, ready);
}

void service::fail_now(task& t, const std::string& code, const std::string& message) {
  t.fail_code = json(code).dump();
  t.fail_msg = json(message).dump();
  t.life.fails = true;
  settle_later(t, milliseconds{t.life.end().value_or(0) - real_now()});
}

void service::settle_later(const task& t, milliseconds wait) {
  world_.run_after(std::max(wait, milliseconds{0}), [this, id = t.id, era = world_.era] {
    if (era == world_.era)
      settle(id);
  });
}

void service::settle(const std::string& id) {
  auto& t = *tasks_.find(id);
  const auto end = t.life.end();
  if (t.settled || !end)
    return;
  if (const auto left = *end - real_now(); left > 0)
    return settle_later(t, milliseconds{left});
  t.settled = true;
  if (t.life.fails)
    if (auto* payer = accounts_.of(t.key))
      payer->credits += t.price; // failed tasks are free
  world_.events.add({{"type", "task"},
                     {"task", t.id},
                     {"model", t.model},
                     {"state", t.life.fails ? "fail" : "success"}});
  if (t.callback.empty())
    return;
  const auto planned =
    world_.faults.next({"kie", "callback", {{"task", t.id}, {"model", t.model}}});
  const auto wish = planned ? json::parse(planned->rule) : json::object();
  if (wish.value("drop", false))
    return;
  world_.run_after(planned ? planned->delay : milliseconds{0}, [this, id, wish, era = world_.era] {
    auto* ended = era == world_.era ? tasks_.find(id) : nullptr;
    for (int copy = 0; ended && copy < wish.value("copies", 1); ++copy)
      call_back(*ended, wish);
  });
}

void service::end(task& t, const json& wish) {
  t.life.ended_early = real_now();
  t.life.null_for = 0;
  t.life.fails = wish.value("state", "success") == "fail";
  t.fail_code = wish.value("fail_code", json("500")).dump();
  t.fail_msg = wish.value("fail_msg", json("Internal Error, Please try again later.")).dump();
  settle(t.id);
}

void service::call_back(const task& t, const json& wish) {
  const auto now = real_now();
  const bool failed = t.life.fails;
  const json body{
    {"code", failed ? 501 : 200},
    {"msg", failed ? "Playground task failed." : "Playground task completed successfully."},
    {"data", record(t, now, result_url(t, world_.set.kie_result_life))}};
  outbound::request r{.url = wish.value("url", t.callback),
                      .body = body.dump(),
                      .headers = {"Content-Type: application/json"}};
  r.timeout = milliseconds{15'000};
  const auto stamp = std::to_string(now / 1000);
  const auto& key = world_.set.kie_hmac_key;
  if ((!key.empty() || wish.value("forged", false)) && !wish.value("unsigned", false)) {
    r.headers.push_back("X-Webhook-Timestamp: " + stamp);
    r.headers.push_back(
      "X-Webhook-Signature: "
      + sign(wish.value("forged", false) ? "not the key" : key, t.id + "." + stamp));
  }
  world_.net.send(std::move(r), [this, id = t.id](const outbound::result& res) {
    world_.calls.record({"kie", "callback", {{"task", id}}}, res.status, false,
                        static_cast<size_t>(world_.set.calls_kept));
  });
}

} // namespace neurocards::sandbox::kie
