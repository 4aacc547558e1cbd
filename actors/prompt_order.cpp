#include "actors/prompt_order.hpp"

#include "domain/language.hpp"

namespace neurocards {

bool time_left(const prompt_order& request, caf::actor_clock::time_point when) {
  return when + request.settings->timeout / 2 <= request.deadline;
}

openai::chat chat_for(const prompt_order& request) {
  const auto messages = prompts::script_messages(request.job, film_of(request));
  openai::chat chat;
  chat.model = request.writer;
  chat.system = messages.system;
  chat.user = messages.user;
  chat.photo = request.photo;
  if (!chat.photo.empty())
    chat.user += prompts::photo_note;
  if (!request.without.contains("reasoning_effort"))
    chat.reasoning_effort = request.settings->reasoning_effort;
  if (request.without.contains("max_completion_tokens"))
    chat.max_completion_tokens = 0;
  return chat;
}

prompts::film film_of(const prompt_order& request) {
  const auto& settings = *request.settings;
  const auto& job = request.job;
  const auto* chosen = models::find(settings.models, job.model);
  return {models::clip_seconds(chosen ? *chosen : settings.models.front()),
          models::may_speak(settings.models, job.model, to_string(language_of(job.language)),
                            settings.speech)};
}

} // namespace neurocards
