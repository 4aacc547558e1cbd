#pragma once

#include "base/http_head.hpp"
#include "base/http_server.hpp"

#include <memory>
#include <string>

struct bufferevent;
struct event;
struct event_base;

namespace neurocards {

/// One client of an http_server: reads its requests one after the other, hands each over once it is
/// whole, and writes the answers. Lives on the server's thread.
class http_connection {
public:
  using clock = std::chrono::steady_clock;

  /// The server, as a connection sees it.
  class owner {
  public:
    virtual http_server::admission admit(const http_server::request& head) = 0;

    /// The request is whole. `answer` or `cut` must follow, at once or later.
    virtual void serve(http_connection&, http_server::request) = 0;

    /// It has ended and is to be deleted now.
    virtual void ended(http_connection&) = 0;

  protected:
    ~owner() = default;
  };

  http_connection(event_base* base, int fd, uint64_t id, std::string remote,
                  const http_server::config& limits, owner& by);
  ~http_connection();

  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  uint64_t id() const { return id_; }
  const std::string& remote() const { return remote_; }

  /// How many requests it has brought; the number of the one at hand.
  uint64_t requests() const { return requests_; }

  /// Nothing is owed to it: it may be closed to make room.
  bool waits() const {
    return state_ == state::idle || state_ == state::head || state_ == state::farewell;
  }

  /// The request `number` waits for its answer.
  bool owes(uint64_t number) const { return state_ == state::served && requests_ == number; }

  /// The request `number` is answered by a stream.
  bool streams(uint64_t number) const { return state_ == state::streamed && requests_ == number; }

  /// A whole request came and its answer is not yet on its way in full.
  bool busy() const { return state_ == state::served || state_ == state::written; }

  /// Since when it is in this state.
  clock::time_point since() const { return since_; }

  /// For the request at hand.
  void answer(http_server::answer);

  /// Begins an answer without an end to the request at hand; `write` goes on with it. HEAD gets the
  /// head alone.
  void begin_stream(const http_server::answer& head);

  /// False, and nothing is written: more than `most_behind` bytes are not on their way yet.
  bool write(std::string_view bytes, size_t most_behind) const;

  /// Sends as much of `bytes` as the socket takes at once; the caller deletes the connection then.
  void cut(std::string_view bytes) const;

private:
  enum class state : uint8_t { idle, head, body, served, written, streamed, farewell };

  void enter(state, std::chrono::milliseconds limit);
  void on_readable();
  bool read_head();
  bool begin_body(http_head head);
  bool read_body();
  bool read_chunks();
  void serve();
  void refuse(int status);
  void refuse(http_server::answer);
  void enter_served();
  void on_written();
  void on_event(short events);
  void on_deadline();

  uint64_t id_;
  std::string remote_;
  const http_server::config& limits_;
  owner& owner_;
  bufferevent* io_ = nullptr;
  event* deadline_ = nullptr;
  state state_ = state::idle;
  clock::time_point since_;
  uint64_t requests_ = 0;
  size_t seen_ = 0; // bytes of the head that have been looked at
  http_server::request incoming_;
  std::optional<uint64_t> length_; // of its body; nullopt: chunked
  size_t max_body_ = 0;
  std::string range_; // what it asks for
  std::string path_;  // likewise, if somebody is told of answers
  chunk_reader chunks_;
  bool keep_ = false;        // the connection, after this answer
  bool bare_ = false;        // the answer has no body: HEAD
  bool half_closed_ = false; // the client sends no more
};

} // namespace neurocards
