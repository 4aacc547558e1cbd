#pragma once

#include "clients/http_transfer.hpp"

#include <atomic>
#include <deque>
#include <unordered_map>
#include <unordered_set>

namespace neurocards::http {

/// What goes to one server on one lane.
struct host_queue {
  int active = 0;
  bool streams = false; // speaks HTTP/2: many transfers share a connection
  std::deque<std::unique_ptr<transfer>> waiting;
};

/// Counters written by the engine's thread and read by any.
struct shared_counters {
  std::atomic<uint64_t> submitted{0};
  std::atomic<uint64_t> finished{0};
  std::atomic<uint64_t> answered{0};
  std::atomic<uint64_t> connections{0};
  std::atomic<int64_t> in_flight{0};
  std::atomic<int64_t> waiting{0};
};

/// Transfers that share connections and caps: one multi handle. libcurl's own queue is avoided: it
/// ignores time limits, and waking it costs a pass over all that wait.
class lane {
public:
  using time_point = transfer::time_point;
  using handle_pool = std::vector<std::unique_ptr<easy_handle>>;

  /// What all lanes of an engine use together.
  struct shared {
    const engine_config* config = nullptr;
    CURLSH* share = nullptr;
    int epoll = -1;
    handle_pool pool;
    std::shared_ptr<storage::file_worker> disk;
    std::function<void(uint64_t number)> disk_changed; // thread-safe
    std::unordered_map<uint64_t, transfer*> transfers; // by their numbers, until they are answered
    shared_counters counters;
  };

  /// `number` is given back with every event of one of the lane's sockets.
  /// To one host go `per_host` transfers at once, or `streams` if it speaks HTTP/2.
  lane(uint32_t number, int per_host, int streams, shared*);
  ~lane();
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  /// Starts the transfer now or when a connection is free.
  void add(std::unique_ptr<transfer>, time_point now);

  void on_socket_ready(int fd, uint32_t events);
  void on_time(time_point now);

  /// The disk has room again for the transfer, or failed, or is done with it.
  void on_disk(transfer*);

  /// Ends the transfer, whatever it does.
  void cancel(transfer*, time_point now);

  /// Answers what is finished and starts what waited for it.
  void reap();

  /// Ends what is overdue, wherever libcurl may have forgotten it.
  void sweep(time_point now);

  /// Answers all with "stopped".
  void abandon_all(time_point now);

  std::optional<time_point> next_time() const { return timer_; }

private:
  void enqueue(std::unique_ptr<transfer>, time_point now);
  transfer::disk disk_of(const transfer&) const;
  std::unique_ptr<transfer> take_looking(transfer*);
  bool has_room(const host_queue&) const;
  void start(std::unique_ptr<transfer>, time_point now);
  void start_waiting(host_queue&, time_point now);
  void begin(std::unique_ptr<transfer>, std::unique_ptr<easy_handle>, time_point now);
  void detach(transfer*);
  void end(transfer*, CURLcode, time_point now);
  void refuse_waiting(std::unique_ptr<transfer>, const char* reason, time_point now);
  void retire(std::unique_ptr<transfer>, response);
  void forget_idle_hosts();

  static int on_socket(CURL*, curl_socket_t, int events, void* self, void* known);
  static int on_timer(CURLM*, long milliseconds, void* self);

  uint32_t number_;
  int per_host_;
  int streams_;
  shared* shared_;
  CURLM* multi_;
  std::optional<time_point> timer_;
  std::unordered_map<std::string, host_queue> hosts_;
  std::unordered_set<transfer*> looking_; // owned: the disk is asked about their files
  std::unordered_set<transfer*> active_;  // owned
  std::unordered_set<transfer*> closing_; // owned: libcurl is done with them, the disk is not
  bool starved_ = false;                  // somebody waits for room in the lane, not at his host
};

} // namespace neurocards::http
