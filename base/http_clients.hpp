#pragma once

#include "base/http_connection.hpp"
#include "base/log_spell.hpp"

#include <atomic>
#include <memory>
#include <unordered_map>

namespace neurocards {

/// The connections of an http_server and the room there is for more. All but `count` belong to the
/// server's thread.
class http_clients {
public:
  /// Whether there is room for one more from `remote`; who has waited longest without a request
  /// makes way.
  bool make_room(const std::string& remote, const http_server::config& limits);

  /// Closes the one that has waited longest without a request, if there is one.
  void make_way() { close_longest_waiting(nullptr); }

  void add(event_base* base, int fd, std::string remote, const http_server::config& limits,
           http_connection::owner& by);
  void remove(uint64_t id);
  void clear();

  /// The connection whose request `number` waits for its answer; null: it has gone.
  http_connection* waiting(uint64_t id, uint64_t number) const;

  /// The connection whose request `number` is answered by a stream; null: it has gone.
  http_connection* streaming(uint64_t id, uint64_t number) const;

  /// Whether anybody waits for an answer.
  bool busy() const;

  size_t count() const { return count_; }

private:
  bool close_longest_waiting(const std::string* remote);

  std::unordered_map<uint64_t, std::unique_ptr<http_connection>> all_;
  std::unordered_map<std::string, size_t> by_address_;
  std::atomic<size_t> count_ = 0;
  uint64_t last_id_ = 0;
  log::spell crowded_;
};

} // namespace neurocards
