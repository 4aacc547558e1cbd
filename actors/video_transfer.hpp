#pragma once

#include "actors/generation_context.hpp"
#include "actors/temporary_file.hpp"

#include <functional>

namespace neurocards {

/// One try to bring a video from the provider's file host into our storage: exactly one of the
/// outcomes is told. Used for the videos of jobs and for late ones.
struct video_transfer {
  std::string url;
  storage_key key;
  std::function<bool()> wanted; // asked between fetching and storing; false: nothing is told
  std::function<void(int64_t bytes)> stored;
  std::function<void(const http::response&)> not_fetched;
  std::function<void(const caf::error&)> not_stored;
  std::function<void(const caf::error&)> failed; // the agent that fetches did not answer
};

template <class Self>
void store_video(Self* self, const generation_context& context, const std::string& path,
                 const video_transfer& transfer) {
  self->request(context.objects, caf::infinite, put_file{path, transfer.key, "video/mp4"})
    .then([transfer](const put_result& got) { transfer.stored(got.bytes); },
          [transfer, path](const caf::error& err) {
            { temporary_file unused{path}; }
            transfer.not_stored(err);
          });
}

template <class Self>
void transfer_video(Self* self, const generation_context& context, const http_agent_actor& http,
                    video_transfer transfer) {
  auto file = std::make_shared<temporary_file>(context.files->temporary_file(".mp4"));
  const auto limit =
    std::chrono::duration_cast<std::chrono::milliseconds>(context.settings.download_timeout);
  self
    ->request(http, caf::infinite,
              provider::download(transfer.url, file->path(), provider::max_video_bytes, limit,
                                 context.private_downloads, context.settings.proxy))
    .then(
      [self, &context, file, transfer](const http::response& got) {
        if (transfer.wanted && !transfer.wanted())
          return;
        if (provider::brought_video(got))
          return store_video(self, context, file->release(), transfer);
        *file = {};
        transfer.not_fetched(got);
      },
      [transfer](const caf::error& err) { transfer.failed(err); });
}

} // namespace neurocards
