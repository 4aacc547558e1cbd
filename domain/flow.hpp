#pragma once

#include "domain/foreign_files.hpp"
#include "domain/images.hpp"
#include "protocol/config.hpp"
#include "protocol/store/conversations.hpp"
#include "protocol/telegram.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The conversation as a pure function: a stored session and an update in, everything that is to be
/// committed and said out. An actor runs it so:
///
///     load_conversation with what `before(update, …)` needs   → view
///     if `wanted_photo(view, update)`: fetch it into storage  → photo
///     `step_conversation(view, update, photo, …)`             → commit, and the immediate answers
///
/// Nothing here is remembered between two calls.
namespace neurocards::flow {

/// What the conversation has to know of the configuration. No packs: nothing is for sale.
struct flow_config {
  std::string bot_username; // without @; empty: mentions in groups are not recognised
  config::terms terms;      // a new version asks everybody again
  config::credits credits;
  config::limits limits;
  config::referral referral;
  config::welcome welcome;
  config::operators operators;
  images::limits photo;               // what may be fetched at all
  std::vector<images::limits> models; // what each model takes, in order of preference; empty: photo
};

/// What a step must see besides session and user.
struct needs {
  int history = 0;
  int skipped = 0;
  int ledger = 0;
  std::optional<job_id> job = {};
  bool cabinet = false;
  bool cluster = false;
};

needs before(const telegram::incoming&, const flow_config&);

/// A file at Telegram that has to be in storage before the step.
struct photo_wish {
  telegram::file_ref file;
  images::origin from = images::origin::photo;
};

struct photo_stored {
  storage_key key;
  int width = 0; // 0: not known
  int height = 0;
  int64_t bytes = 0;
  std::string mime_type;
};

struct photo_rejected {
  images::fault reason = images::fault::not_an_image;
  images::description found{}; // as far as it was read
  images::limits needs{};      // of the model it was checked for
  foreign_files::kind file{};  // of what is no picture we take
};

/// Telegram or our storage did not answer in time: the user is asked to send it again.
struct photo_unavailable {};

/// It was not fetched: there were too many lately. `told`: that was said already.
struct photo_over_limit {
  bool told = false;
};

using photo_result =
  std::variant<photo_stored, photo_rejected, photo_unavailable, photo_over_limit>;

/// Nullopt: no file is needed, or what is declared of it is reason enough to refuse (the step says
/// so). Also asks for a photo that had been sent before consent, when the consent comes.
std::optional<photo_wish> wanted_photo(const store::conversation_view&, const telegram::incoming&,
                                       const flow_config&);

/// Stops the spinner on a button; `text` is plain, ≤ 200 characters.
struct answer_callback {
  std::string id;
  std::string text; // may be empty
  bool alert = false;
};

struct answer_pre_checkout {
  std::string id;
  bool ok = false;
  std::string error; // plain, for the payer, when not ok
};

struct step {
  store::commit_step commit;
  std::vector<answer_callback> effects; // said at once and not kept: nobody misses them
};

/// Applies one update. `photo` is the result of what `wanted_photo` asked for, absent if it asked
/// for nothing. `fresh` is a random id that becomes a new draft's or an invoice's.
step step_conversation(const store::conversation_view&, const telegram::incoming&,
                       const std::optional<photo_result>& photo, const flow_config&, uuid fresh);

/// How long a message has waited for us, as after an outage of ours. Zero: not over a minute, or
/// nobody can tell, as of buttons.
std::chrono::seconds waited_for_us(const telegram::incoming&,
                                   std::chrono::system_clock::time_point now);

/// What is known of a message beyond `limits.messages-per-minute`: only the first is told.
enum class surplus : uint8_t { first, further };

/// Instead of a step: the update is handled, nothing else changes.
step refuse_message(const store::conversation_view&, const telegram::incoming&, const flow_config&,
                    surplus);

/// Whether somebody may buy.
enum class payer_access : uint8_t { open, banned };

/// Whether a payment may go through: pack, currency and price are ours, and the payer is not shut
/// out. Needs no session, so that the gateway can answer within Telegram's 10 s whatever else is
/// waiting.
answer_pre_checkout check_pre_checkout(const telegram::pre_checkout_query&,
                                       const store::profile& payer, payer_access,
                                       const flow_config&);

/// Faults of the settings that a conversation would stumble over, one line each; empty: good.
std::vector<std::string> faults_of(const config::terms&);

} // namespace neurocards::flow
