#pragma once

#include "clients/file_sink.hpp"
#include "clients/http_engine.hpp"
#include "clients/upload_body.hpp"

#include <curl/curl.h>

#include <array>

namespace neurocards::http {

struct host_queue;
class lane;

/// A pooled libcurl handle and the buffer it writes its complaints to.
struct easy_handle {
  easy_handle();
  ~easy_handle();
  easy_handle(const easy_handle&) = delete;
  easy_handle& operator=(const easy_handle&) = delete;

  CURL* curl;
  std::array<char, CURL_ERROR_SIZE> complaint{};
};

/// Where a transfer stands.
enum class phase : uint8_t { looking, waiting, active, closing };

/// One exchange from submission to answer. Lives on the engine's thread.
class transfer {
public:
  using time_point = std::chrono::steady_clock::time_point;

  transfer(uint64_t number, request, engine::callback, time_point now);
  ~transfer();
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;

  /// Where what is saved goes, and what is sent comes from.
  struct disk {
    storage::file_worker* worker = nullptr;
    std::function<void()> changed; // of this transfer's files; called on the disk thread
  };

  /// Asks the disk about the files to be sent. False: there are none.
  bool find_file_sizes(const disk&, time_point now);

  /// Whether the disk has told about each of them; if so the time for it is over.
  bool files_known();

  /// An answer for one whose files the disk does not give.
  response without_files(time_point now);

  /// Readies `handle` for the request; the first time, the clock begins to run. False: a local
  /// fault, to be had from `finish`.
  bool prepare(std::unique_ptr<easy_handle> handle, const engine_config&, CURLSH* share, disk,
               time_point now);

  /// Whether a cut download may go on with the same handle; if so the next `prepare` asks for the
  /// remainder.
  bool resumes(CURLcode, time_point now);

  /// Called once, when libcurl is done with it: gives up the file. True: the disk still has work.
  bool close_file(CURLcode, time_point now);

  /// Whether the disk is done, too.
  bool file_closed() const { return !sink_ || sink_->closed(); }

  /// Makes the answer, after `close_file`; the handle stays.
  response finish(time_point now);

  /// It is about to be ended by us, not by the server.
  void call_off(std::string reason);

  /// An answer for a transfer that never had its turn.
  response not_started(std::string reason, time_point now) const;

  /// The disk has room again, or failed: libcurl goes on. What it says of an end is not told again.
  CURLcode on_disk();

  void answer(response x) { done_(std::move(x)); }

  CURL* curl() const { return handle_ ? handle_->curl : nullptr; }
  std::unique_ptr<easy_handle> take_handle();
  const request& sent() const { return request_; }
  uint64_t number() const { return number_; }
  bool carries_file() const;

  /// For the disk, before the exchange and after it.
  static constexpr auto disk_limit = std::chrono::seconds{30};

  /// When it ends at the latest: waiting for its turn, exchanging, or waiting for the disk.
  time_point deadline() const { return deadline_; }

  host_queue* host = nullptr; // these are set by the engine
  lane* owner = nullptr;
  phase where = phase::waiting;

private:
  void set_common(const engine_config&, CURLSH* share, time_point now);
  void set_method();
  void set_headers();
  bool set_body();
  void set_upload();
  bool files_are_good();
  bool fail_locally(std::string reason);
  void blame_waiting_disk();
  void adopt_fault_of_disk();
  bool wants_file() const;
  void open_sink();
  bool answered_early(CURLcode) const;
  outcome outcome_of(CURLcode) const;
  void read_headers(response&) const;
  bool begin_saving();
  bool continues_here();
  std::string validator_here() const;
  bool is_cut_short() const;
  std::string header_value(const char* name) const;

  static size_t on_header(const char* line, size_t, size_t size, void* self);
  static size_t on_body(char* data, size_t, size_t size, void* self);
  static size_t on_upload(char* out, size_t, size_t room, void* self);
  static int on_rewind(void* self, curl_off_t offset, int origin);
  static int on_send(void* self, char*, char*, int, int);
  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr*);
  static int on_new_socket(void* self, curl_socket_t, curlsocktype);

  size_t take(std::string_view data);
  size_t save(std::string_view data);

  uint64_t number_;
  request request_;
  engine::callback done_;
  time_point submitted_;
  time_point deadline_;
  bool started_ = false;
  std::unique_ptr<easy_handle> handle_;
  const engine_config* config_ = nullptr; // since `prepare`
  bool connects_ = false;                 // has opened a socket for itself
  curl_slist* headers_ = nullptr;
  disk disk_;
  std::shared_ptr<file_sink> sink_;     // file that takes the body
  std::unique_ptr<upload_body> upload_; // files or a form to be sent
  int sends_ = 0;                       // how often a request began to leave on a connection
  bool head_complete_ = false;          // of the latest answer
  bool saving_ = false;                 // the body of this try goes to the file
  bool paused_ = false;                 // until the disk has room
  bool forbidden_ = false;
  std::string forbidden_address_; // the last one that was refused
  bool too_large_ = false;
  std::string called_off_;   // why we ended it
  CURLcode code_ = CURLE_OK; // how it ended for libcurl
  std::string local_fault_;
  int error_number_ = 0;
  std::string body_;
  std::string prefix_;
  int64_t received_ = 0;
  // Of a download that was cut:
  int resumptions_ = 0;
  int64_t resumed_from_ = 0; // bytes of the file when this try began
  std::string validator_;    // what the server calls this very content; empty: nothing
  int64_t whole_ = -1;       // bytes of it, where the server has said so
};

} // namespace neurocards::http
