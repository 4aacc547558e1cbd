#pragma once

#include "domain/json.hpp"
#include "domain/models.hpp"
#include "protocol/store/outbox.hpp"
#include "protocol/telegram.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What a row of the outbox says to its reader.
namespace neurocards::notifications {

/// A row with its payload read, once for all that is asked of it.
struct notification {
  explicit notification(store::notification);

  store::notification row;
  std::optional<json::object> payload; // absent: it is no JSON object
};

struct notification_config {
  models::catalogue models; // for display names
  int max_attempts = 3;
  int64_t max_upload_bytes = 50 * 1000 * 1000; // Bot API: 50 MB by multipart
  std::string support;
};

/// A video from our storage, or by Telegram's id of it where that is known.
struct video_message {
  std::string caption; // HTML
  telegram::keyboard buttons;
  storage_key video;
  int64_t bytes = 0;
  std::string file_id;     // non-empty: send this, upload nothing
  bool is_the_jobs = true; // false: a late video; its file_id is not to be remembered for the job
};

/// A photo from our storage; without it its caption says enough.
struct photo_message {
  std::string caption; // HTML
  storage_key photo;
};

/// New words for a message that is there already.
struct edited_message {
  int64_t message_id = 0;
  telegram::outgoing text;
};

/// The row cannot become a message; drop it with this reason.
struct unsendable {
  std::string reason;
};

using rendered = std::variant<telegram::outgoing, telegram::invoice, video_message, unsendable,
                              edited_message, photo_message>;

/// `video_link` is a signed address of the notification's video, used when the video is too large
/// to upload or `video_link` is wanted for another reason; empty: there is none.
rendered render(const notification&, const notification_config&, const std::string& video_link);

/// The same finished video as a link, or a photo's caption alone: for the case that Telegram
/// refuses the file.
telegram::outgoing render_as_link(const notification&, const notification_config&,
                                  const std::string& video_link);

/// The stored file a notification is about: the job's video, or a late one. Empty: none.
storage_key video_of(const notification&);

/// The stored photo that a notification shows. Empty: none.
storage_key photo_of(const notification&);

/// Whether `render` would want a link for this notification.
bool wants_link(const notification&, const notification_config&);

} // namespace neurocards::notifications
