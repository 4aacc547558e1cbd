#pragma once

#include "clients/file_source.hpp"
#include "protocol/http.hpp"

#include <vector>

namespace neurocards::http {

/// The body of a request that carries files or a form: texts and files, one after the other. A form
/// is written here (RFC 7578) and not by libcurl, whose own is not to be woken again when a file
/// has nothing to give before the request has left.
class upload_body {
public:
  /// Of `body_file` or `parts`. `changed` as in `file_source`.
  upload_body(const request&, storage::file_worker& disk, const std::function<void()>& changed);
  ~upload_body();
  upload_body(const upload_body&) = delete;
  upload_body& operator=(const upload_body&) = delete;

  bool has_files() const;

  /// Asks the disk for the sizes of the files.
  void find_sizes();

  /// The disk has told of all files, for good or ill.
  bool known() const;

  /// In bytes, once known.
  int64_t size() const;

  /// Gives at most `room` bytes of what follows.
  file_source::portion take(char* out, size_t room);

  /// What follows is at `offset` now, which is at most `size`.
  void go_to(int64_t offset);

  /// The first file that the disk failed on; nullptr: none.
  const file_source* broken() const;

  /// A file that the disk was asked for and has not given; nullptr: none.
  const file_source* awaited() const;

  /// Of a form: its media type and boundary; else empty.
  const std::string& content_type() const { return content_type_; }

private:
  struct segment {
    std::string text;
    std::shared_ptr<file_source> file; // instead of `text`
    int64_t size() const;
  };

  void write_form(const std::vector<part>&, storage::file_worker&, const std::function<void()>&);

  std::vector<segment> segments_;
  std::string content_type_;
  size_t current_ = 0;   // segment ...
  int64_t within_ = 0;   // ... and how much of it was taken
  bool waiting_ = false; // for the file of that segment
};

} // namespace neurocards::http
