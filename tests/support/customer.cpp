#include "tests/support/customer.hpp"

namespace neurocards::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Longer than any recovery takes; whoever waits longer begins anew.
constexpr auto longest_recovery = 30s;

/// What binds a button to its order: `1:run:<draft>` and the like.
std::string draft_of(const std::string& data) {
  const auto begin = data.find(':', data.find(':') + 1);
  if (begin == std::string::npos)
    return {};
  return data.substr(begin + 1, data.find(':', begin + 1) - begin - 1);
}

} // namespace

void customer::step() {
  if (stage_ != stage::idle && std::chrono::steady_clock::now() - entered_ > longest_recovery) {
    ++restarts_;
    return begin();
  }
  switch (stage_) {
    case stage::idle:
      if (!wishes_.empty())
        begin();
      return;
    case stage::terms:
      if (press("✅ Принимаю условия")) {
        agreed_ = true;
        send_photo();
      }
      return;
    case stage::kind:
      draft_.clear();
      if (press("🎥 Рекламное видео")) {
        draft_ = draft_of(pressed_.back());
        enter(stage::wishes);
      }
      return;
    case stage::wishes:
      if (sees("💡")) {
        send({{"text", "-"}});
        enter(stage::count);
      }
      return;
    case stage::count:
      if (press(wishes_.front() == 5 ? "5️⃣" : wishes_.front() == 3 ? "3️⃣" : "1️⃣"))
        enter(stage::confirm);
      return;
    case stage::confirm:
      if (press("🚀 Запустить"))
        confirmed();
      return;
  }
}

void customer::begin() {
  if (agreed_)
    return send_photo();
  send({{"text", "/start"}});
  enter(stage::terms);
}

void customer::send_photo() {
  const auto sample = user_ % 4 == 0 ? "jpeg" : "portrait";
  send({{"type", "photo"}, {"sample", sample}, {"caption", "Керамическая кружка, 350 мл"}});
  enter(stage::kind);
}

void customer::confirmed() {
  ++placed_;
  confirmations_[updates_.back()] = pressed_.back();
  videos_ += wishes_.front();
  wishes_.erase(wishes_.begin());
  enter(stage::idle);
}

void customer::enter(stage x) {
  stage_ = x;
  entered_ = std::chrono::steady_clock::now();
}

/// What was shown before this message belongs to an earlier order.
void customer::send(const json& update) {
  auto body = update;
  body["user"] = user_;
  const auto got = services_.post("send", body);
  updates_.push_back(got.at("update_id").get<int64_t>());
  if (update.contains("type"))
    mark_ = got.at("message_id").get<int64_t>();
}

json customer::news() {
  return services_.get("messages?chat=" + std::to_string(user_) + "&since=" + std::to_string(mark_))
    .at("messages");
}

bool customer::sees(const std::string& text) {
  for (const auto& x : news())
    if (x.at("sandbox").value("from_bot", false)
        && x.value("text", std::string{}).starts_with(text))
      return true;
  return false;
}

/// The newest button of that text, of the order he is at: one that he gave up may bring its
/// confirmation late, and its button would launch nothing. One that was pressed already may come
/// again, below a second copy of its message.
bool customer::press(const std::string& text) {
  const auto all = news();
  for (auto x = all.rbegin(); x != all.rend(); ++x) {
    if (!x->contains("reply_markup") || x->at("sandbox").value("deleted", false))
      continue;
    for (const auto& row : x->at("reply_markup").at("inline_keyboard"))
      for (const auto& button : row) {
        const auto data = button.value("callback_data", std::string{});
        if (!button.value("text", std::string{}).starts_with(text)
            || (!draft_.empty() && draft_of(data) != draft_)
            || std::ranges::find(pressed_, data) != pressed_.end())
          continue;
        const auto got = services_.post(
          "press", {{"user", user_}, {"message_id", x->at("message_id")}, {"data", data}});
        updates_.push_back(got.at("update_id").get<int64_t>());
        pressed_.push_back(data);
        return true;
      }
  }
  return false;
}

} // namespace neurocards::test
