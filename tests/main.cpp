#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "base/log.hpp"
#include "protocol/fwd.hpp"

int main(int argc, char** argv) {
  neurocards::init_protocol();
  neurocards::log::start({neurocards::log::level::error, false, ""});
  return doctest::Context(argc, argv).run();
}
