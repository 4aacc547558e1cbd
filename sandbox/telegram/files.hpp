#pragma once

#include "sandbox/blobs.hpp"
#include "sandbox/clock.hpp"
#include "sandbox/media/probe.hpp"

namespace neurocards::sandbox::telegram {

struct file {
  std::string id;
  std::string unique_id;
  std::string kind; // "photo", "video", "document", "voice", "sticker"
  std::string blob;
  int64_t size = 0;
  media_type type{};
  std::string name{};
  std::string path{};     // for downloads
  int64_t link_until = 0; // time of the scaled clock
};

/// Files known to the bot, by file_id and by path.
class files {
public:
  files(blob_store& blobs, const scaled_clock& time) : blobs_(blobs), time_(time) {}

  /// A new file_id; equal bytes have the same unique id and are kept once.
  const file& add(const std::string& kind, std::string_view bytes, const std::string& name = {});

  const file* find(const std::string& id) const;

  /// Opens the download of a file for an hour, as getFile does.
  void open_link(const std::string& id);

  /// Null when the path is unknown or its hour is over.
  const file* by_path(const std::string& path) const;

  void clear();

private:
  blob_store& blobs_;
  const scaled_clock& time_;
  std::unordered_map<std::string, file> by_id_;
  std::unordered_map<std::string, std::string> ids_by_path_;
  int64_t last_ = 0;
};

} // namespace neurocards::sandbox::telegram
