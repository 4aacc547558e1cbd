#include "clients/http_transfer.hpp"

#include <cerrno>

/// How a transfer gets at the files that it sends.
namespace neurocards::http {

bool transfer::find_file_sizes(const disk& from, time_point now) {
  if (request_.body_file.empty() && request_.parts.empty())
    return false;
  upload_ = std::make_unique<upload_body>(request_, *from.worker, from.changed);
  if (!upload_->has_files())
    return false;
  upload_->find_sizes();
  deadline_ = now + disk_limit;
  return true;
}

bool transfer::files_known() {
  const bool known = upload_->known();
  if (known)
    deadline_ = time_point::max();
  return known;
}

bool transfer::files_are_good() {
  const auto* broken = upload_ ? upload_->broken() : nullptr;
  if (broken == nullptr)
    return true;
  error_number_ = broken->error_number();
  return fail_locally(broken->fault());
}

response transfer::without_files(time_point now) {
  blame_waiting_disk();
  return finish(now);
}

void transfer::blame_waiting_disk() {
  const auto* awaited = upload_ ? upload_->awaited() : nullptr;
  if (!local_fault_.empty() || (awaited == nullptr && !paused_))
    return;
  error_number_ = ETIMEDOUT;
  local_fault_ = awaited == nullptr ? "the disk does not take " + request_.save_to
                                    : "the disk does not give " + awaited->path();
}

size_t transfer::on_upload(char* out, size_t, size_t room, void* self) {
  auto& x = *static_cast<transfer*>(self);
  const auto got = x.upload_->take(out, room);
  if (!got.none)
    return got.bytes;
  if (*got.none == file_source::lack::failed) {
    x.files_are_good();
    return CURL_READFUNC_ABORT;
  }
  x.paused_ = true;
  return CURL_READFUNC_PAUSE;
}

int transfer::on_rewind(void* self, curl_off_t offset, int origin) {
  auto& upload = *static_cast<transfer*>(self)->upload_;
  if (origin != SEEK_SET || offset < 0 || offset > upload.size())
    return CURL_SEEKFUNC_FAIL;
  upload.go_to(offset);
  return CURL_SEEKFUNC_OK;
}

} // namespace neurocards::http
