#pragma once

#include "protocol/http.hpp"
#include "protocol/ids.hpp"

#include <functional>
#include <memory>
#include <string_view>

/// Where photos and videos are kept: a directory or a bucket. A store does nothing by itself: it
/// says what to do, and whoever asked has it done by the http engine or a `file_worker`.
namespace neurocards::storage {

using clock = std::chrono::system_clock;

enum class fault : uint8_t {
  none,
  not_found,
  disk_full,   // of this machine: operators must act
  unavailable, // try again later
  refused,     // configuration: wrong key, bucket, region, permissions
  invalid,     // our own mistake: a bad key, a missing source file
};

std::string to_string(fault);

struct entry {
  storage_key key;
  int64_t bytes = 0;
  clock::time_point modified;
};

/// How an action ended.
struct result {
  storage::fault fault = storage::fault::none;
  std::string error;          // for operators; empty when all went well
  std::string file;           // fetch: where the content can be read
  bool temporary = false;     // fetch: `file` is the caller's to delete
  int64_t bytes = 0;          // put, fetch
  std::vector<entry> entries; // list
  std::string next;           // list: pass it on for the next page; empty: that was all

  bool ok() const { return fault == storage::fault::none; }
};

/// One thing to do. Exactly one of the two is set.
struct action {
  std::optional<http::request> request;                   // for the http engine …
  std::function<result(const http::response&)> interpret; // … whose answer means this
  std::function<result()> disk;                           // blocking; for a file_worker
};

/// True for keys that a store accepts: [A-Za-z0-9._/-], at most 512 bytes, no empty or dotted
/// segment.
bool key_valid(const storage_key&);

/// By the key's extension; "application/octet-stream" if unknown.
std::string content_type(const storage_key&);

class store {
public:
  virtual ~store() = default;

  /// Keeps `file` under `key`, replacing what is there; `type` is its content type. All or nothing,
  /// also in a crash. Afterwards the file may be gone: it is meant to be one of `temporary_file`.
  virtual action put(const storage_key&, const std::string& file,
                     const std::string& type) const = 0;

  /// Makes the content readable as a local file.
  virtual action fetch(const storage_key&) const = 0;

  /// `fault::not_found` is not reported: gone is gone.
  virtual action remove(const storage_key&) const = 0;

  /// One page of keys below `prefix`, ascending. `from` is empty or `result::next`.
  virtual action list(const std::string& prefix, const std::string& from) const = 0;

  /// Whether the store works at all.
  virtual action check() const = 0;

  /// A URL that anybody can GET until it expires; empty when there is no public address.
  virtual std::string link(const storage_key&, clock::time_point now,
                           std::chrono::seconds life) const = 0;

  /// A path for a new file, on the same file system as the store where there is one.
  virtual std::string temporary_file(std::string_view extension) const = 0;

  /// Deletes temporary files that somebody left behind: those not written to for `age`. `bytes` of
  /// the result is their number.
  virtual action clean_temporary(std::chrono::seconds age) const = 0;
};

/// A part of what is signed, so that a link cannot be made by guessing.
struct link_signer {
  secret key;
  std::string public_url; // without a trailing slash; empty: there are no links

  /// PUBLIC_URL/files/EXPIRES/SIGNATURE/KEY, `expires` in seconds since 1970. Without a query: KIE
  /// and others refuse photos whose address does not end like a file's.
  std::string link(const storage_key&, clock::time_point expires) const;

  /// For the endpoint that serves /files/…
  bool valid(const storage_key&, std::string_view expires, std::string_view signature,
             clock::time_point now) const;
};

/// What stands behind /files/ in a link. Without `expires` and `signature` it is only a key: older
/// programs wrote both into the query (`expires`, `sig`), for up to a week.
struct link_path {
  std::string expires;
  std::string signature;
  storage_key file;
};
link_path read_link_path(const std::string& path);

/// A directory. Creates it (and its temporary part) if missing; throws std::runtime_error when that
/// fails.
class local_store : public store {
public:
  local_store(std::string directory, link_signer);

  action put(const storage_key&, const std::string& file, const std::string& type) const override;
  action fetch(const storage_key&) const override;
  action remove(const storage_key&) const override;
  action list(const std::string& prefix, const std::string& from) const override;
  action check() const override;
  std::string link(const storage_key&, clock::time_point now,
                   std::chrono::seconds life) const override;
  std::string temporary_file(std::string_view extension) const override;
  action clean_temporary(std::chrono::seconds age) const override;

  /// Where the content lies; nullopt for an invalid key. The file need not exist.
  std::optional<std::string> path(const storage_key&) const;

private:
  std::string directory_;
  link_signer signer_;
};

} // namespace neurocards::storage
