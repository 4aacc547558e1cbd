#pragma once

#include <chrono>
#include <cstdint>

/// What a message that could not be sent means for those behind it in its chat. They wait, because
/// they may depend on it (an order's acceptance comes before its video), but not without end: what
/// was paid for waits neither for what is unimportant nor for what is stuck.
namespace neurocards::outbox {

enum class weight : uint8_t {
  edit,  // of a message that is there already: nothing depends on it
  video, // of a finished job: nothing depends on it either, but its reader would see it first
  text,  // may announce what comes behind it
};

/// One that Telegram refused for the time being, or did not answer.
struct failed_send {
  outbox::weight weight = outbox::weight::text;
  int earlier_tries = 0;
  std::chrono::nanoseconds took{0}; // the last one
};

/// Whether the others pass it from now on.
bool steps_aside(const failed_send&);

/// Whether a video goes as another message now: uploaded instead of by Telegram's id, or as a link.
bool goes_another_way(const failed_send&);

} // namespace neurocards::outbox
