#include "node/config/certificates.hpp"

#include "node/config/value.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace neurocards::config {

namespace {

constexpr int warn_days = 14;

template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* x) const {
    Free(x);
  }
};

void free_stack(STACK_OF(X509) * x) {
  sk_X509_pop_free(x, X509_free);
}

void free_bio(BIO* x) {
  BIO_free(x);
}

using certificate = std::unique_ptr<X509, free_with<X509_free>>;
using private_key = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;
using chain = std::unique_ptr<STACK_OF(X509), free_with<free_stack>>;
using memory = std::unique_ptr<BIO, free_with<free_bio>>;

/// Keys with a passphrase are refused instead of asked for.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

memory reader(const std::string& text) {
  return memory{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string date(const ASN1_TIME* when) {
  const memory out{BIO_new(BIO_s_mem())};
  char* text = nullptr;
  if (ASN1_TIME_print(out.get(), when) != 1)
    return "an unknown date";
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

/// All certificates of a PEM file; empty: it holds none, or one that cannot be parsed.
chain certificates_in(const std::string& text) {
  chain result{sk_X509_new_null()};
  const auto in = reader(text);
  while (auto* next = PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr))
    sk_X509_push(result.get(), next);
  // The loop ends properly only where no further block begins.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end)
    result.reset(sk_X509_new_null());
  return result;
}

private_key key_in(const std::string& text) {
  const auto in = reader(text);
  private_key result{PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr)};
  ERR_clear_error();
  return result;
}

/// X509_V_OK, or why a peer of this cluster would refuse the first of `own`.
int refusal(STACK_OF(X509) * own, STACK_OF(X509) * authorities, int purpose) {
  const std::unique_ptr<X509_STORE, free_with<X509_STORE_free>> store{X509_STORE_new()};
  for (int i = 0; i < sk_X509_num(authorities); ++i)
    X509_STORE_add_cert(store.get(), sk_X509_value(authorities, i));
  const std::unique_ptr<X509_STORE_CTX, free_with<X509_STORE_CTX_free>> context{
    X509_STORE_CTX_new()};
  X509_STORE_CTX_init(context.get(), store.get(), sk_X509_value(own, 0), own);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  const bool good = X509_verify_cert(context.get()) == 1;
  const int reason = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return good ? X509_V_OK : reason;
}

class validator {
public:
  explicit validator(const tls& x) : x_(x) {
    const auto own = read("cluster.tls.certificate", x.certificate);
    const auto key = read("cluster.tls.key", x.key);
    const auto ca = read("cluster.tls.ca", x.ca);
    if (own && parse("cluster.tls.certificate", x.certificate, *own, own_) && key)
      check_key(*key);
    if (ca && parse("cluster.tls.ca", x.ca, *ca, authorities_) && own_)
      check_chain();
  }

  std::vector<std::string> take() { return std::move(faults_); }

  const X509* own() const { return own_ ? sk_X509_value(own_.get(), 0) : nullptr; }

private:
  std::optional<std::string> read(const char* name, const std::string& path) {
    if (path.empty())
      return std::nullopt; // named by config_rules
    errno = 0;
    std::ifstream in{path, std::ios::binary};
    std::ostringstream out;
    if (in && out << in.rdbuf())
      return out.str();
    fault(name, "cannot read " + quote(path) + ": " + (errno ? std::strerror(errno) : "empty"));
    return std::nullopt;
  }

  bool parse(const char* name, const std::string& path, const std::string& text, chain& to) {
    to = certificates_in(text);
    if (sk_X509_num(to.get()) > 0)
      return true;
    to.reset();
    fault(name, quote(path) + " holds no certificate in PEM form");
    return false;
  }

  void check_key(const std::string& text) {
    const auto key = key_in(text);
    if (!key)
      fault("cluster.tls.key", quote(x_.key) + " holds no key in PEM form without a passphrase");
    else if (X509_check_private_key(own(), key.get()) != 1)
      fault("cluster.tls.key",
            quote(x_.key) + " does not belong to the certificate " + quote(x_.certificate));
    ERR_clear_error();
  }

  void check_chain() {
    // Every node is both: it listens, and it dials.
    int reason = refusal(own_.get(), authorities_.get(), X509_PURPOSE_SSL_SERVER);
    if (reason == X509_V_OK)
      reason = refusal(own_.get(), authorities_.get(), X509_PURPOSE_SSL_CLIENT);
    if (reason == X509_V_OK)
      return;
    const auto* leaf = own();
    if (X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
      fault("cluster.tls.certificate",
            quote(x_.certificate) + " expired on " + date(X509_get0_notAfter(leaf)));
    else if (reason == X509_V_ERR_CERT_HAS_EXPIRED)
      fault("cluster.tls.ca", quote(x_.ca) + " has expired");
    else
      fault("cluster.tls.certificate", quote(x_.certificate) + " is refused by cluster.tls.ca "
                                         + quote(x_.ca) + ": "
                                         + X509_verify_cert_error_string(reason));
  }

  void fault(const std::string& name, const std::string& text) {
    faults_.push_back(name + ": " + text);
  }

  const tls& x_;
  chain own_;
  chain authorities_;
  std::vector<std::string> faults_;
};

bool is_set(const tls& x) {
  return !x.certificate.empty() || !x.key.empty() || !x.ca.empty();
}

} // namespace

std::vector<std::string> faults_of_certificates(const tls& x) {
  return is_set(x) ? validator{x}.take() : std::vector<std::string>{};
}

std::vector<std::string> certificate_warnings(const tls& x) {
  std::vector<std::string> result;
  if (!is_set(x))
    return result;
  struct stat status {};
  if (::stat(x.key.c_str(), &status) == 0 && (status.st_mode & (S_IROTH | S_IWOTH)) != 0)
    result.push_back("cluster.tls.key: " + quote(x.key)
                     + " can be read by every user of this host; chmod 0600");
  const validator all{x};
  auto limit = time(nullptr) + warn_days * 24 * 3600;
  if (const auto* leaf = all.own(); leaf && X509_cmp_time(X509_get0_notAfter(leaf), &limit) < 0)
    result.push_back("cluster.tls.certificate: " + quote(x.certificate) + " expires on "
                     + date(X509_get0_notAfter(leaf)) + "; script/cluster-certs renews it");
  return result;
}

std::optional<time_t> expiry_of_certificate(const tls& x) {
  if (x.certificate.empty())
    return std::nullopt;
  std::ifstream in{x.certificate, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  const auto all = certificates_in(text.str());
  std::tm when{};
  if (sk_X509_num(all.get()) < 1
      || ASN1_TIME_to_tm(X509_get0_notAfter(sk_X509_value(all.get(), 0)), &when) != 1)
    return std::nullopt;
  return timegm(&when);
}

} // namespace neurocards::config
