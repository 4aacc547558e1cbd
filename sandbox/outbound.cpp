#include "sandbox/outbound.hpp"

#include <curl/curl.h>

#include <cstdlib>
#include <unordered_map>

namespace neurocards::sandbox {

struct outbound::transfer {
  request req;
  callback done;
  result res;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;

  ~transfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }

  static size_t on_body(char* data, size_t, size_t size, void* self) {
    auto& t = *static_cast<transfer*>(self);
    if (t.res.body.size() + size > t.req.max_bytes)
      return 0; // ends the transfer
    t.res.body.append(data, size);
    return size;
  }

  void read_outcome(CURLcode code) {
    if (code != CURLE_OK) {
      res.error = curl_easy_strerror(code);
      return;
    }
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    res.status = static_cast<int>(status);
    const char* type = nullptr;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    res.content_type = type ? type : "";
    curl_off_t wait = 0;
    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
      res.retry_after = std::to_string(wait);
  }
};

outbound::outbound(std::function<void(std::function<void()>)> post) : post_(std::move(post)) {
  if (const char* file = std::getenv("SSL_CERT_FILE"))
    authority_ = file;
  static const auto once = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)once;
  multi_ = curl_multi_init();
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, 64L);
  thread_ = std::thread{[this] { run(); }};
}

outbound::~outbound() {
  {
    const std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
  curl_multi_cleanup(multi_);
}

void outbound::send(request r, callback done) {
  auto t = std::make_unique<transfer>();
  t->req = std::move(r);
  t->done = std::move(done);
  {
    const std::lock_guard guard{mutex_};
    queue_.push_back(std::move(t));
  }
  curl_multi_wakeup(multi_);
}

void outbound::begin(transfer& t) {
  t.easy = curl_easy_init();
  curl_easy_setopt(t.easy, CURLOPT_URL, t.req.url.c_str());
  curl_easy_setopt(t.easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!authority_.empty())
    curl_easy_setopt(t.easy, CURLOPT_CAINFO, authority_.c_str());
  curl_easy_setopt(t.easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(t.easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(t.easy, CURLOPT_USERAGENT, "Mozilla/5.0 (compatible; sandbox)");
  curl_easy_setopt(t.easy, CURLOPT_TIMEOUT_MS, static_cast<long>(t.req.timeout.count()));
  curl_easy_setopt(t.easy, CURLOPT_WRITEFUNCTION, &transfer::on_body);
  curl_easy_setopt(t.easy, CURLOPT_WRITEDATA, &t);
  for (const auto& h : t.req.headers)
    t.headers = curl_slist_append(t.headers, h.c_str());
  if (!t.req.body.empty()) {
    t.headers = curl_slist_append(t.headers, "Expect:");
    curl_easy_setopt(t.easy, CURLOPT_POSTFIELDS, t.req.body.data());
    curl_easy_setopt(t.easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(t.req.body.size()));
  }
  curl_easy_setopt(t.easy, CURLOPT_HTTPHEADER, t.headers);
  curl_multi_add_handle(multi_, t.easy);
}

void outbound::run() {
  std::unordered_map<void*, std::unique_ptr<transfer>> running;
  while (true) {
    std::deque<std::unique_ptr<transfer>> fresh;
    {
      const std::lock_guard guard{mutex_};
      if (stopping_)
        break;
      fresh.swap(queue_);
    }
    for (auto& t : fresh) {
      begin(*t);
      running[t->easy] = std::move(t);
    }
    int active = 0;
    curl_multi_perform(multi_, &active);
    int left = 0;
    while (const auto* m = curl_multi_info_read(multi_, &left)) {
      if (m->msg != CURLMSG_DONE)
        continue;
      auto t = std::move(running.extract(m->easy_handle).mapped());
      t->read_outcome(m->data.result);
      curl_multi_remove_handle(multi_, t->easy);
      post_(
        [done = std::move(t->done), res = std::move(t->res)]() mutable { done(std::move(res)); });
    }
    curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  }
  for (auto& [easy, t] : running)
    curl_multi_remove_handle(multi_, t->easy);
}

} // namespace neurocards::sandbox
