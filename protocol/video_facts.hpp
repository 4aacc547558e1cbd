#pragma once

namespace neurocards {

/// What a video's container says of it; Telegram is told, because it does not read the file.
struct video_facts {
  int width = 0; // as it is shown, turned; 0: not known
  int height = 0;
  int seconds = 0; // 0: not known

  bool known() const { return width > 0 && height > 0; }
  friend bool operator==(const video_facts&, const video_facts&) = default;
};

} // namespace neurocards
