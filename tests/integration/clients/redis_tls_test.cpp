#include "clients/redis.hpp"
#include "raw_server.hpp"
#include "tests/support/variable.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdlib>

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// A certificate for 127.0.0.1 that vouches for itself, and a Redis behind it that agrees to all.
class tls_redis {
public:
  tls_redis() : settings_(SSL_CTX_new(TLS_server_method())) {
    ::signal(SIGPIPE, SIG_IGN);
    auto* key = EVP_EC_gen("P-256");
    auto* own = X509_new();
    X509_set_version(own, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(own), 1);
    X509_gmtime_adj(X509_getm_notBefore(own), -60);
    X509_gmtime_adj(X509_getm_notAfter(own), 3600);
    auto* name = X509_get_subject_name(own);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("redis"), -1, -1, 0);
    X509_set_issuer_name(own, name);
    X509_set_pubkey(own, key);
    auto* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(own, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(own, key, EVP_sha256());
    SSL_CTX_use_certificate(settings_, own);
    SSL_CTX_use_PrivateKey(settings_, key);
    auto* file = std::fopen((folder_ / "redis.pem").c_str(), "w");
    PEM_write_X509(file, own);
    std::fclose(file);
    X509_free(own);
    EVP_PKEY_free(key);
  }
  ~tls_redis() { SSL_CTX_free(settings_); }

  std::string certificate() const { return folder_ / "redis.pem"; }

  /// Serves one connection with TLS; returns what it was told.
  std::future<std::string> serve_one() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* address = reinterpret_cast<sockaddr*>(&where);
    REQUIRE(::bind(listener_, address, size) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
    ::getsockname(listener_, address, &size);
    port_ = ntohs(where.sin_port);
    return std::async(std::launch::async, [this] { return serve(); });
  }

  std::string url(const std::string& more = {}) const {
    return "rediss://:hidden@127.0.0.1:" + std::to_string(port_) + more;
  }

private:
  std::string serve() const {
    const int fd = ::accept(listener_, nullptr, nullptr);
    ::close(listener_);
    auto* stream = SSL_new(settings_);
    SSL_set_fd(stream, fd);
    std::string all;
    std::array<char, 1024> buffer{};
    if (SSL_accept(stream) == 1)
      for (int got = 0; (got = SSL_read(stream, buffer.data(), buffer.size())) > 0;) {
        all.append(buffer.data(), static_cast<size_t>(got));
        SSL_write(stream, "+OK\r\n", 5);
      }
    SSL_free(stream);
    ::close(fd);
    return all;
  }

  scratch_directory folder_;
  SSL_CTX* settings_;
  int listener_ = -1;
  uint16_t port_ = 0;
};

} // namespace

TEST_SUITE_BEGIN("integration/clients/redis_tls");

TEST_CASE("redis: rediss:// speaks TLS with a server whose certificate holds, and with no other") {
  tls_redis redis;
  variable trusted{"SSL_CERT_FILE", redis.certificate()};
  auto heard = redis.serve_one();
  auto where = redis::parse_url(redis.url("/2"));
  REQUIRE(where);
  CHECK(redis::try_beat(*where, 5s) == "");
  const auto commands = heard.get();
  CHECK(commands.find("AUTH\r\n$6\r\nhidden") != std::string::npos);
  CHECK(commands.find("SELECT\r\n$1\r\n2") != std::string::npos);
  CHECK(commands.find("SETEX") != std::string::npos);

  trusted = "/dev/null";
  heard = redis.serve_one();
  where = redis::parse_url(redis.url());
  CHECK(redis::try_beat(*where, 5s).starts_with("TLS: self"));
  CHECK(heard.get() == "");
  heard = redis.serve_one();
  where = redis::parse_url(redis.url("?ssl_cert_reqs=none"));
  CHECK(redis::try_beat(*where, 5s) == "");
  CHECK(heard.get().find("SETEX") != std::string::npos);
}

TEST_CASE("redis: a server that repeats a refused login does not bring the password into the log") {
  raw_server echo{[](raw_connection& c) {
    c.read_byte();
    c.write("-ERR unknown command `AUTH`, with args beginning with: `hidden`, \r\n");
    c.wait_for_close();
  }};
  const auto where =
    redis::parse_url("redis://:hidden@127.0.0.1:" + std::to_string(echo.port()) + "/");
  REQUIRE(where);
  const auto error = redis::try_beat(*where, 5s);
  CHECK(error.starts_with("ERR"));
  CHECK(error.find("hidden") == std::string::npos);
}

TEST_SUITE_END();
