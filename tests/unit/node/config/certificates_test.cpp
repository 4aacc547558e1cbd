#include "node/config/certificates.hpp"

#include "tests/support/folders.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

using namespace neurocards;
using namespace neurocards::config;

namespace {

/// Two authorities with certificates, made by script/cluster-certs as on a real cluster.
struct authority_fixture {
  test::temporary_directory folder;
  std::string ours = folder.file("ours");
  std::string foreign = folder.file("foreign");
  tls good{ours + "/bot.pem", ours + "/bot.key", ours + "/ca.pem"};

  authority_fixture() {
    run(test::in_source("script/cluster-certs ") + ours + " bot=10.0.0.1 w1");
    run(test::in_source("script/cluster-certs ") + foreign + " bot=10.0.0.1");
  }

  static void run(const std::string& command) {
    REQUIRE(std::system(("( " + command + " ) >/dev/null 2>&1").c_str())
            == 0); // NOLINT: a test's shell
  }

  std::string written(const std::string& name, const std::string& text) const {
    std::ofstream{folder.file(name)} << text;
    return folder.file(name);
  }

  /// Like bot's certificate, but ended yesterday.
  std::string expired() const {
    run("cd " + ours
        + " && openssl req -new -key bot.key -subj /CN=bot -out r && openssl x509 -req "
          "-in r -CA ca.pem -CAkey ca.key -set_serial 7 -days -1 -out old.pem");
    return ours + "/old.pem";
  }
};

std::string first_fault(const tls& x) {
  const auto faults = faults_of_certificates(x);
  return faults.empty() ? "" : faults.front();
}

} // namespace

TEST_SUITE_BEGIN("unit/node/config/certificates");

TEST_CASE_FIXTURE(authority_fixture, "certificates: what script/cluster-certs makes is accepted") {
  CHECK(first_fault(good) == "");
  CHECK(certificate_warnings(good).empty());
  CHECK(faults_of_certificates({}).empty());
}

TEST_CASE_FIXTURE(authority_fixture, "certificates: every fault is named with its key") {
  const auto nothing = folder.file("nothing.pem");
  const auto junk = written("junk.pem", "no certificate");
  const auto broken =
    written("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  struct row {
    tls x;
    std::string says;
  };
  const row table[]{
    {{nothing, good.key, good.ca},
     "cluster.tls.certificate: cannot read \"" + nothing + "\": No such file"},
    {{good.certificate, nothing, good.ca}, "cluster.tls.key: cannot read"},
    {{good.certificate, good.key, nothing}, "cluster.tls.ca: cannot read"},
    {{good.certificate, good.key, ours},
     "cluster.tls.ca: cannot read \"" + ours + "\": Is a directory"},
    {{junk, good.key, good.ca}, "cluster.tls.certificate: \"" + junk + "\" holds no certificate"},
    {{broken, good.key, good.ca},
     "cluster.tls.certificate: \"" + broken + "\" holds no certificate"},
    {{good.certificate, junk, good.ca}, "cluster.tls.key: \"" + junk + "\" holds no key"},
    {{good.certificate, good.key, junk}, "cluster.tls.ca: \"" + junk + "\" holds no certificate"},
    {{good.certificate, ours + "/w1.key", good.ca},
     "cluster.tls.key: \"" + ours + "/w1.key\" does not belong to the certificate"},
    {{good.certificate, good.key, foreign + "/ca.pem"},
     "cluster.tls.certificate: \"" + good.certificate + "\" is refused by cluster.tls.ca"},
    {{expired(), good.key, good.ca},
     "cluster.tls.certificate: \"" + ours + "/old.pem\" expired on"},
  };
  for (const auto& [x, says] : table) {
    CAPTURE(says);
    CHECK_MESSAGE(first_fault(x).find(says) == 0, first_fault(x));
  }
}

TEST_CASE_FIXTURE(authority_fixture, "certificates: all three files are judged at once") {
  const auto nothing = folder.file("nothing");
  CHECK(faults_of_certificates({nothing, nothing, nothing}).size() == 3);
}

TEST_CASE_FIXTURE(authority_fixture,
                  "certificates: a key with a passphrase is refused, not asked for") {
  run("openssl pkey -in " + good.key + " -aes256 -passout pass:x -out "
      + folder.file("locked.key"));
  CHECK(first_fault({good.certificate, folder.file("locked.key"), good.ca})
        == "cluster.tls.key: \"" + folder.file("locked.key")
             + "\" holds no key in PEM form without a passphrase");
}

TEST_CASE_FIXTURE(authority_fixture,
                  "certificates: old and new authority stand in one file while they change") {
  run("cat " + ours + "/ca.pem " + foreign + "/ca.pem > " + folder.file("both.pem"));
  CHECK(first_fault({good.certificate, good.key, folder.file("both.pem")}) == "");
  CHECK(first_fault({foreign + "/bot.pem", foreign + "/bot.key", folder.file("both.pem")}) == "");
}

TEST_CASE_FIXTURE(authority_fixture, "certificates: few days left and an open key are told") {
  run(test::in_source("script/cluster-certs") + " --days=5 --renew-before=1 --rotate=bot " + ours
      + " bot");
  ::chmod(good.key.c_str(), 0644);
  CHECK(first_fault(good) == "");
  const auto doubts = certificate_warnings(good);
  REQUIRE(doubts.size() == 2);
  CHECK(doubts[0].find("can be read by every user") != std::string::npos);
  CHECK(doubts[1].find("expires on") != std::string::npos);
}

TEST_SUITE_END();
