#include "domain/flow_step.hpp"
#include "domain/invitations.hpp"
#include "domain/outbox.hpp"

#include <nlohmann/json.hpp>

/// Operators' chats, invitations, news and what newcomers are shown.
namespace neurocards::flow {

using texts::key;
using texts::say;

namespace {

constexpr size_t file_id_units = 200;

} // namespace

void stepper::answer_operators(operators::question asked) {
  if (asked == operators::question::status)
    return reply({operators::status_text(lang_, view_.cluster), {}, true});
  const auto& file = std::get<telegram::message>(in_.content).file;
  reply({say(lang_, key::operators_file, {texts::user_text("file", file->file_id, file_id_units)}),
         {},
         true});
}

/// Whether he is new is for the database to say.
void stepper::note_invitation(std::string_view start_command) {
  const auto& promised = config_.referral;
  const auto inviter = invitations::inviter_in(start_command);
  if (inviter && *inviter != in_.who.user && (promised.inviter > 0 || promised.invited > 0))
    out_.commit.invited = store::invitation{*inviter, promised.inviter, promised.invited};
}

void stepper::invite() {
  if (invitations::are_possible(config_.referral, view_.bot_username))
    return reply(invitation_screen(to(), in_.who.user));
  reply(plain(to(), say(lang_, key::invite_closed)));
}

void stepper::set_news(bool wanted) {
  out_.commit.news = wanted;
  reply(plain(to(), say(lang_, wanted ? key::news_are_on : key::news_are_off)));
}

void stepper::show_welcome_videos() {
  for (const auto& id : config_.welcome.videos)
    out_.commit.notifications.push_back(
      {notification_kind::welcome_video, nlohmann::json{{"file_id", id}}.dump()});
}

} // namespace neurocards::flow
