#pragma once

#include "domain/callback_data.hpp"
#include "domain/expectation.hpp"
#include "domain/operators_chat.hpp"
#include "domain/screens.hpp"

/// How one update is applied; used by flow*.cpp only. See domain/flow.hpp for what it promises.
namespace neurocards::flow {

/// One step in the making: collects what is to be committed and said.
class stepper {
public:
  stepper(const store::conversation_view&, const telegram::incoming&,
          const std::optional<photo_result>&, const flow_config&, uuid fresh);

  step run();

private:
  void apply(const telegram::unknown_update&);
  void apply(const telegram::message&);
  void apply(const telegram::callback_query&);
  void apply(const telegram::pre_checkout_query&);
  void apply(const telegram::successful_payment&);
  void apply(const telegram::refunded_payment&);
  void apply(const telegram::membership&);

  // ── flow_messages.cpp ──
  void apply_in_group(const telegram::message&);
  void apply_before_consent(const telegram::message&);
  void apply_command(std::string_view command);
  bool apply_public_command(std::string_view command);
  void cancel();
  void apply_photo(const telegram::message&);
  void apply_later_in_album(const telegram::message&);
  void start_order(const telegram::message&, const photo_stored&);
  void preview(const photo_stored&);
  void refuse_photo(const photo_rejected&, const telegram::message&);
  bool refuse_kept_photo(const storage_key&);
  void apply_text(std::string_view text);
  void apply_description(std::string_view text);
  void apply_script(std::string_view text);
  void apply_other(telegram::content_kind);

  // ── flow_buttons.cpp ──
  void press(const pressed&);
  void press_of_draft(const pressed&);
  void agree(const std::string& version);
  void begin_early_order();
  void choose_template(const std::string& id);
  void edit_prompt(const std::string& answer);
  void choose_count(const std::string& number);
  void launch();
  void once_more(job_id);
  void refuse_stale(const uuid& id);

  // ── flow_afterwards.cpp ──
  void show_history(int page);
  void send_again(job_id);
  void take_back(job_id);

  // ── flow_reach.cpp ──
  void answer_operators(operators::question);
  void note_invitation(std::string_view start_command);
  void invite();
  void set_news(bool wanted);
  void show_welcome_videos();

  // ── flow_payments.cpp ──
  void offer_invoice(const std::string& pack);

  bool consented() const;
  consent_reason needed_consent() const;
  reader to() const;
  void reply(const telegram::outgoing&);

  /// Says `paragraph` and repeats the question the session is at.
  void reply_and_ask(texts::key paragraph);
  void ask();

  /// The draft is not what its buttons promise: forgets it and asks for a photo.
  void begin_anew_for_missing_data();

  const store::conversation_view& view_;
  const telegram::incoming& in_;
  const std::optional<photo_result>& photo_;
  const flow_config& config_;
  uuid fresh_;
  language lang_;
  int credits_;
  session before_;
  session session_;
  bool lost_;
  step out_;
};

/// "/Start@bot now" → "/start"; empty: no command.
std::string command_in(std::string_view text);

/// The file a message or a consent brings, if it has to be fetched.
std::optional<photo_wish> photo_in(const session&, const telegram::message&);

/// What is wrong with a file by its declaration alone.
std::optional<photo_rejected> declared_fault(const telegram::file_ref&, const images::limits&);

/// What no model would take of a photo that is in storage; nullopt: one would, or it is not known.
std::optional<photo_rejected> kept_fault(const storage_key&, const flow_config&);

/// Part of an album whose photo has been taken, or which was answered, already.
bool is_later_in_album(const session&, const telegram::message&);

/// The order of a complete draft, without sessions and notifications.
store::new_order order_of(const draft&, language, chat_id,
                          const std::optional<expectation::promise>&);

} // namespace neurocards::flow
