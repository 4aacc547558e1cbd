#include "clients/redis_link.hpp"

#include <hiredis/hiredis.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

// Debian 12's hiredis (0.14) knows no TLS, but lets its protocol be used over any stream.
namespace neurocards::redis {

namespace {

template <auto Free>
struct freed {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};
using context = std::unique_ptr<redisContext, freed<redisFree>>;
using reader = std::unique_ptr<redisReader, freed<redisReaderFree>>;
using reply = std::unique_ptr<redisReply, freed<freeReplyObject>>;
using tls_context = std::unique_ptr<SSL_CTX, freed<SSL_CTX_free>>;
using tls_stream = std::unique_ptr<SSL, freed<SSL_free>>;

timeval to_timeval(std::chrono::milliseconds x) {
  return {static_cast<time_t>(x.count() / 1000), static_cast<suseconds_t>(x.count() % 1000 * 1000)};
}

std::string tls_error(const SSL* stream, const char* otherwise) {
  const auto verdict = SSL_get_verify_result(stream);
  if (verdict != X509_V_OK)
    return std::string{"TLS: "} + X509_verify_cert_error_string(verdict);
  const auto code = ERR_get_error();
  std::array<char, 256> text{};
  if (code != 0)
    ERR_error_string_n(code, text.data(), text.size());
  return std::string{"TLS: "} + (code != 0 ? text.data() : otherwise);
}

/// A connection to the first address that takes one; on failure null, and why in `error`.
context connect_to_any(const address& where, std::chrono::milliseconds timeout,
                       const resolver::lookup& lookup, std::string& error) {
  const auto found = resolver::within(timeout, where.host, lookup);
  error = found.error;
  for (const auto& x : found.addresses) {
    context c{redisConnectWithTimeout(x.c_str(), where.port, to_timeval(timeout))};
    error = !c ? "out of memory" : c->err != 0 ? c->errstr : "";
    if (error.empty())
      return c;
  }
  return nullptr;
}

/// Begins TLS on a connected socket; null on failure, and why in `error`.
tls_stream start_tls(int socket, const address& where, std::string& error) {
  ERR_clear_error();
  const tls_context settings{SSL_CTX_new(TLS_client_method())};
  tls_stream result{settings ? SSL_new(settings.get()) : nullptr};
  if (!result) {
    error = "TLS: out of memory";
    return nullptr;
  }
  auto* stream = result.get();
  SSL_CTX_set_default_verify_paths(SSL_get_SSL_CTX(stream)); // SSL_CERT_FILE names another one
  SSL_set_verify(stream, where.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  auto* expected = SSL_get0_param(stream);
  const bool is_number = X509_VERIFY_PARAM_set1_ip_asc(expected, where.host.c_str()) == 1;
  if (!is_number) {
    SSL_set1_host(stream, where.host.c_str());
    SSL_set_tlsext_host_name(stream, where.host.c_str());
  }
  SSL_set_fd(stream, socket);
  if (SSL_connect(stream) == 1)
    return result;
  error = tls_error(stream, "the handshake was cut off or took too long");
  return nullptr;
}

std::string text_of(const redisReply* answer) {
  if (answer == nullptr)
    return "connection lost";
  if (answer->type == REDIS_REPLY_ERROR)
    return {answer->str, answer->len};
  return {};
}

} // namespace

struct link::parts {
  context plain;
  tls_stream tls; // goes before the socket it writes to
  reader answers{redisReaderCreate()};

  std::string command(int count, const char** words, const size_t* sizes);
  std::string command_by_tls(int count, const char** words, const size_t* sizes);
};

std::string link::parts::command(int count, const char** words, const size_t* sizes) {
  if (tls)
    return command_by_tls(count, words, sizes);
  const reply answer{static_cast<redisReply*>(redisCommandArgv(plain.get(), count, words, sizes))};
  if (!answer && plain->errstr[0] != '\0')
    return plain->errstr;
  return text_of(answer.get());
}

std::string link::parts::command_by_tls(int count, const char** words, const size_t* sizes) {
  ERR_clear_error();
  char* text = nullptr;
  const auto size = redisFormatCommandArgv(&text, count, words, sizes);
  if (size < 0)
    return "out of memory";
  const int written = SSL_write(tls.get(), text, static_cast<int>(size)); // all or nothing
  redisFreeCommand(text);
  if (written <= 0)
    return tls_error(tls.get(), "connection lost");
  std::array<char, 4096> buffer{};
  for (;;) {
    void* answer = nullptr;
    if (redisReaderGetReply(answers.get(), &answer) != REDIS_OK)
      return answers->errstr;
    if (answer != nullptr)
      return text_of(reply{static_cast<redisReply*>(answer)}.get());
    const int got = SSL_read(tls.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (got <= 0)
      return tls_error(tls.get(), "connection lost");
    redisReaderFeed(answers.get(), buffer.data(), static_cast<size_t>(got));
  }
}

link::link(std::unique_ptr<parts> x) : parts_(std::move(x)) {}

link::~link() = default;

std::string link::command(const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<size_t> sizes;
  for (const auto& x : words) {
    texts.push_back(x.data());
    sizes.push_back(x.size());
  }
  return parts_->command(static_cast<int>(words.size()), texts.data(), sizes.data());
}

std::unique_ptr<link> link::open(const address& where, std::chrono::milliseconds timeout,
                                 const resolver::lookup& lookup, std::string& error) {
  auto made = std::make_unique<parts>();
  made->plain = connect_to_any(where, timeout, lookup, error);
  if (!made->plain)
    return nullptr;
  redisSetTimeout(made->plain.get(), to_timeval(timeout));
  if (where.tls)
    made->tls = start_tls(made->plain->fd, where, error);
  if (!error.empty())
    return nullptr;
  std::unique_ptr<link> result{new link{std::move(made)}};
  if (!where.password.empty()) {
    std::vector<std::string> words{"AUTH"};
    if (!where.user.empty())
      words.push_back(where.user);
    words.push_back(where.password.reveal());
    error = result->command(words);
    // Some servers repeat what they were sent: only the kind of error is told.
    if (const auto end = error.find(' '); end != std::string::npos && error.starts_with("ERR"))
      error = "ERR AUTH was refused";
  }
  if (error.empty() && where.database != 0)
    error = result->command({"SELECT", std::to_string(where.database)});
  return error.empty() ? std::move(result) : nullptr;
}

} // namespace neurocards::redis
