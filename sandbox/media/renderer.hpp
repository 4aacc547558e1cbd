#pragma once

#include "sandbox/blobs.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace neurocards::sandbox {

/// Makes short videos of photos with ffmpeg, one at a time, each once. Without ffmpeg, when it
/// fails, or when too many are waiting, the built-in video takes their place.
class renderer {
public:
  using callback = std::function<void(const std::string& video_blob)>;

  renderer(blob_store& blobs, std::string directory,
           std::function<void(std::function<void()>)> post);
  ~renderer();

  bool available() const { return available_; }

  /// Tells the name of the video's blob, later, where `post` runs things. Equal photo and variant
  /// (size of the picture, model) share one video.
  void render(const std::string& photo_blob, bool portrait, const std::string& variant,
              callback done);

  /// The built-in video.
  const std::string& plain() const { return plain_; }

private:
  struct order {
    std::string key;
    std::string photo_path;
    bool portrait;
  };

  void work();
  bool run_ffmpeg(const order& o, const std::string& out) const;
  void finish(const std::string& key, const std::string& path);

  blob_store& blobs_;
  std::string directory_;
  std::function<void(std::function<void()>)> post_;
  bool available_;
  std::string plain_;
  std::map<std::string, std::string> done_;              // key → blob
  std::map<std::string, std::vector<callback>> waiting_; // for a video being made
  std::mutex mutex_;                                     // guards what follows
  std::condition_variable changed_;
  std::deque<order> orders_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace neurocards::sandbox
