#include "sandbox/media/renderer.hpp"

#include "sandbox/media/samples.hpp"

#include "base/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace neurocards::sandbox {

namespace {

constexpr int longest_render = 60'000; // ms
constexpr size_t longest_queue = 32;   // videos to be made; beyond it the built-in one has to do

bool on_path(const char* program) {
  const char* path = std::getenv("PATH");
  for (std::string_view folders{path ? path : ""}; !folders.empty();) {
    const auto folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    if (access((std::string{folder} + "/" + program).c_str(), X_OK) == 0)
      return true;
  }
  return false;
}

/// Runs a program to its end, silently and at most so long. True: it ended well.
bool run(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (auto& a : arguments)
    argv.push_back(a.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, argv[0], &quiet, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&quiet);
  if (failed != 0)
    return false;
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  pollfd end{handle, POLLIN, 0};
  if (handle >= 0 && poll(&end, 1, longest_render) == 0)
    kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (handle >= 0)
    close(handle);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

renderer::renderer(blob_store& blobs, std::string directory,
                   std::function<void(std::function<void()>)> post)
  : blobs_(blobs), directory_(std::move(directory)), post_(std::move(post)),
    available_(on_path("ffmpeg")), plain_(blobs.put(sample_video())) {
  std::filesystem::create_directories(directory_);
  thread_ = std::thread{[this] { work(); }};
}

renderer::~renderer() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void renderer::render(const std::string& photo_blob, bool portrait, const std::string& variant,
                      callback done) {
  if (!available_ || photo_blob.empty())
    return done(plain_);
  const auto key = photo_blob + (portrait ? "/portrait/" : "/landscape/") + variant;
  if (const auto finished = done_.find(key); finished != done_.end())
    return done(finished->second);
  if (waiting_.size() >= longest_queue && !waiting_.contains(key))
    return done(plain_);
  auto& waiting = waiting_[key];
  waiting.push_back(std::move(done));
  if (waiting.size() > 1)
    return;
  {
    const std::lock_guard guard{mutex_};
    orders_.push_back({key, blobs_.path(photo_blob), portrait});
  }
  changed_.notify_one();
}

void renderer::work() {
  for (int number = 0;; ++number) {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return stopping_ || !orders_.empty(); });
    if (stopping_)
      return;
    const auto o = std::move(orders_.front());
    orders_.pop_front();
    guard.unlock();
    const auto out = directory_ + "/" + std::to_string(number) + ".mp4";
    const bool good = run_ffmpeg(o, out);
    post_([this, key = o.key, path = good ? out : std::string{}] { finish(key, path); });
  }
}

bool renderer::run_ffmpeg(const order& o, const std::string& out) const {
  const std::string size = o.portrait ? "360x640" : "640x360";
  const auto colon = o.portrait ? "360:640" : "640:360";
  const auto filter =
    std::string{"scale="} + colon + ":force_original_aspect_ratio=increase,crop=" + colon
    + ",zoompan=z='min(1+0.003*on,1.25)':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d=75:s=" + size
    + ":fps=25,format=yuv420p";
  return run({"ffmpeg",     "-nostdin", "-v",        "error",    "-y",   "-i",      o.photo_path,
              "-vf",        filter,     "-frames:v", "75",       "-c:v", "libx264", "-preset",
              "ultrafast",  "-crf",     "30",        "-threads", "1",    "-an",     "-movflags",
              "+faststart", "-f",       "mp4",       out});
}

void renderer::finish(const std::string& key, const std::string& path) {
  auto video = plain_;
  if (path.empty()) {
    log::warn("renderer.ffmpeg_failed", "key", key);
  } else {
    std::ifstream in{path, std::ios::binary};
    video = blobs_.put(std::string{std::istreambuf_iterator<char>{in}, {}});
    std::filesystem::remove(path);
  }
  done_[key] = video;
  const auto waiting = std::move(waiting_.extract(key).mapped());
  for (const auto& done : waiting)
    done(video);
}

} // namespace neurocards::sandbox
