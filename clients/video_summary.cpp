#include "clients/video_summary.hpp"

#include "base/log.hpp"
#include "clients/child_process.hpp"
#include "domain/video_container.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>

namespace neurocards::storage {

namespace {

constexpr uintmax_t largest_thumbnail = 200'000; // bytes; Bot API
constexpr std::chrono::seconds preview_limit{5}; // a video waits for it

/// `-f mov`: whatever the bytes say, no playlist that names other files is followed. `thumbnail`
/// takes the most typical of the first frames: the very first is black more often than not.
std::vector<std::string> ffmpeg(const std::string& file, const std::string& to) {
  return {"ffmpeg",
          "-nostdin",
          "-loglevel",
          "quiet",
          "-y",
          "-protocol_whitelist",
          "file",
          "-threads",
          "1",
          "-f",
          "mov",
          "-i",
          "file:" + file,
          "-map",
          "0:v:0",
          "-frames:v",
          "1",
          "-vf",
          "thumbnail=24,scale=w=320:h=320:force_original_aspect_ratio=decrease:"
          "force_divisible_by=2,setsar=1",
          "-q:v",
          "4",
          "-f",
          "mjpeg",
          "file:" + to};
}

void log_missing(child_end end) {
  static std::atomic<bool> said_missing{false};
  static std::atomic<bool> said_failed{false};
  if (end == child_end::not_found && !said_missing.exchange(true))
    log::warn("object_store.thumbnails_missing", "why", "there is no ffmpeg", "advice",
              "install ffmpeg; until then videos go without a preview");
  if (end != child_end::not_found && !said_failed.exchange(true))
    log::warn("object_store.thumbnail_failed", "why", "ffmpeg made none of a video");
}

bool make_thumbnail(const std::string& file, const std::string& to) {
  const auto end = run_child(ffmpeg(file, to), {.cpu = preview_limit, .wall = preview_limit});
  std::error_code trouble;
  const auto bytes = std::filesystem::file_size(to, trouble);
  if (end == child_end::done && !trouble && bytes > 0 && bytes <= largest_thumbnail)
    return true;
  std::filesystem::remove(to, trouble);
  log_missing(end);
  return false;
}

} // namespace

video_summary summarize_video(const std::string& file, const std::string& thumbnail) {
  video_summary result;
  std::error_code trouble;
  const auto size = std::filesystem::file_size(file, trouble);
  std::ifstream in{file, std::ios::binary};
  if (trouble || !in)
    return result;
  const auto read = [&in](int64_t offset, size_t bytes) {
    std::string part(bytes, '\0');
    in.clear();
    in.seekg(offset);
    in.read(part.data(), static_cast<std::streamsize>(bytes));
    part.resize(static_cast<size_t>(in.gcount()));
    return part;
  };
  result.facts = videos::facts_of(read, static_cast<int64_t>(size));
  if (result.facts.known() && !thumbnail.empty()) // else ffmpeg would find no picture either
    result.thumbnail = make_thumbnail(file, thumbnail);
  return result;
}

} // namespace neurocards::storage
