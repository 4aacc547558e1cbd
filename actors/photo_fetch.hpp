#pragma once

#include "actors/conversation_context.hpp"
#include "actors/temporary_file.hpp"

#include <memory>

namespace neurocards {

/// Brings one file from Telegram into our storage on behalf of a conversation: asks where it lies,
/// downloads it, checks its bytes, has it prepared, keeps that. What may pass is tried again a few
/// times. When its actor ends it is simply gone, and its temporary file with it.
class photo_fetch : public std::enable_shared_from_this<photo_fetch> {
public:
  using callback = std::function<void(flow::photo_result)>;

  photo_fetch(conversation_actor::pointer self, std::shared_ptr<const conversation_context> context,
              flow::photo_wish wish, callback done);

  /// Once; `done` hears of the end exactly once.
  void start();

private:
  struct examined {
    images::verdict verdict;
    images::description ready; // what was made of it
    int64_t bytes = 0;         // of that
    foreign_files::kind file;  // of what is no picture
  };

  void locate();
  void on_located(const telegram::answer&);
  void copy(const std::string& path);
  void on_copied(const storage::result&, const std::string& path);
  void download(const std::string& path);
  void on_downloaded(const http::response&);
  void prepare();
  static storage::result examine(const flow::flow_config&, const flow::photo_wish&,
                                 const std::string& file, const std::string& to, examined& found);
  void on_examined(const storage::result&, const examined&);
  void keep(const examined&);
  void again(std::string_view reason, caf::timespan at_least);
  void wait_for_turn();
  const std::string& new_file();
  temporary_file on_disk(std::string path) const;
  void finish(flow::photo_result);

  conversation_actor::pointer self_;
  std::shared_ptr<const conversation_context> context_;
  flow::photo_wish wish_;
  callback done_;
  temporary_file file_;  // what has come of the photo
  temporary_file ready_; // what was made of it
  int failures_ = 0;
};

} // namespace neurocards
