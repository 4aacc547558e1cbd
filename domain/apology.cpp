#include "domain/apology.hpp"

#include "domain/outbox.hpp"
#include "domain/texts.hpp"

namespace neurocards::flow {

namespace {

/// Somebody waits for an answer in a chat of his own.
bool expects_answer(const telegram::incoming& update) {
  return update.chat.value != 0 && update.where == telegram::chat_kind::private_chat
         && (std::holds_alternative<telegram::message>(update.content)
             || std::holds_alternative<telegram::callback_query>(update.content));
}

} // namespace

store::commit_step nothing_but_handled(const telegram::incoming& update) {
  store::commit_step result;
  result.update = update.update;
  result.chat = update.chat;
  result.who = update.who;
  return result;
}

store::commit_step apology(const telegram::incoming& update) {
  auto result = nothing_but_handled(update);
  if (expects_answer(update)) {
    telegram::outgoing reply;
    reply.text = texts::say(language_of(update.who.language_code), texts::key::step_failed);
    result.notifications.push_back({notification_kind::reply, outbox::to_json(reply)});
    outbox::put_in_place(result, update.answer_to);
  }
  return result;
}

bool moves_money(const telegram::incoming& update) {
  return std::holds_alternative<telegram::successful_payment>(update.content)
         || std::holds_alternative<telegram::refunded_payment>(update.content);
}

} // namespace neurocards::flow
