#pragma once

#include "actors/job_settlement.hpp"

namespace neurocards {

/// Puts a form of a job's photo where the provider may fetch it: under a link of ours, uploaded to
/// the provider, or into the request itself. Tries until it lies there or the attempt is settled.
/// Part of the actor `generation`; not an actor itself.
class photo_offer {
public:
  /// `ready` is called whenever the photo lies there.
  photo_offer(job_hold& hold, job_settlement& settlement, std::function<void()> ready);

  void offer(photo_forms::form);

  /// The provider could not fetch the link: the photo is uploaded. False: it was no link.
  bool upload_instead(const provider::signal&);

  /// Its address, or itself as a data URI.
  const std::string& url() const { return url_; }

  /// The photo lies with the provider: no link of ours is at fault if it cannot be used.
  bool uploaded() const { return way_ != way::link && !url_.empty(); }

  void describe(store::record_intent&) const; // what an intent says of it

private:
  enum class way : uint8_t { undecided, link, upload, inside };

  void offer_again();
  void make();
  void link();
  void upload_with_any_key();
  void choose_key(std::function<void(caf::timespan wait)> none);
  void open(const secret& key);
  void upload(const opened_file&, const secret& key);
  void on_fault(const caf::error&);
  void read(const opened_file&);
  void on_read(const std::string& content);
  void on_unavailable(const caf::error&);
  void on_uploaded(const http::response&);
  void retry(const provider::signal&, failure_origin);
  void on_key_refused(const provider::signal&);
  void on_ready(std::string url);

  job_hold& hold_;
  job_settlement& settlement_;
  std::function<void()> ready_;
  storage_key wanted_;   // the form
  bool is_made_ = false; // it is known to be in storage
  way way_ = way::undecided;
  std::string url_;
  caf::actor_clock::time_point ready_at_;
  int uploads_ = 0;
  size_t keys_refused_ = 0;
  int storage_waits_ = 0;
};

} // namespace neurocards
