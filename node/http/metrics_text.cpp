#include "node/http/metrics_text.hpp"

#include "actors/metrics.hpp"
#include "node/http/process_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <caf/actor_system.hpp>
#include <caf/telemetry/importer/process.hpp>
#include <caf/telemetry/label.hpp>
#include <caf/telemetry/metric.hpp>
#include <caf/telemetry/metric_registry.hpp>

namespace neurocards {

namespace {

using namespace caf::telemetry;

/// Writes one family after the other in Prometheus' text format, version 0.0.4.
class text_collector {
public:
  explicit text_collector(const std::vector<std::string_view>& hidden) : hidden_(hidden) {}

  void operator()(const metric_family* f, const metric* m, const dbl_counter* x) {
    single(f, m, "counter", number(x->value()));
  }
  void operator()(const metric_family* f, const metric* m, const int_counter* x) {
    single(f, m, "counter", std::to_string(x->value()));
  }
  void operator()(const metric_family* f, const metric* m, const dbl_gauge* x) {
    single(f, m, "gauge", number(x->value()));
  }
  void operator()(const metric_family* f, const metric* m, const int_gauge* x) {
    single(f, m, "gauge", std::to_string(x->value()));
  }
  void operator()(const metric_family* f, const metric* m, const dbl_histogram* x) {
    distribution(f, m, *x);
  }
  void operator()(const metric_family* f, const metric* m, const int_histogram* x) {
    distribution(f, m, *x);
  }

  std::string text() && { return std::move(text_); }

private:
  static std::string number(double x) {
    if (std::isinf(x))
      return x > 0 ? "+Inf" : "-Inf";
    std::ostringstream out;
    out.precision(15);
    out << x;
    return out.str();
  }

  static std::string name_of(const metric_family* f) {
    std::string result = f->prefix() + "_" + f->name();
    if (f->unit() != "1")
      result += "_" + f->unit();
    if (f->is_sum())
      result += "_total";
    for (auto& c : result)
      if (!std::isalnum(static_cast<unsigned char>(c)))
        c = '_';
    return result;
  }

  static std::string escaped(caf::string_view x) {
    std::string result;
    for (const char c : x) {
      if (c == '\\' || c == '"')
        result += '\\';
      if (c == '\n')
        result += "\\n";
      else
        result += c;
    }
    return result;
  }

  /// `{a="1",b="2"}` or nothing. `extra` is one more label, finished.
  static std::string labels_of(const metric* m, const std::string& extra = {}) {
    std::string result;
    for (const auto& x : m->labels()) {
      std::string name = caf::to_string(x.name());
      for (auto& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)))
          c = '_';
      result += (result.empty() ? "" : ",") + name + "=\"" + escaped(x.value()) + "\"";
    }
    if (!extra.empty())
      result += (result.empty() ? "" : ",") + extra;
    return result.empty() ? result : "{" + result + "}";
  }

  /// Begins a family unless it stands there; false: it is hidden.
  bool header(const metric_family* f, const char* type) {
    if (family_ == f)
      return shown_;
    family_ = f;
    name_ = name_of(f);
    shown_ = std::ranges::find(hidden_, name_) == hidden_.end();
    if (!shown_)
      return false;
    std::string help;
    for (const char c : f->helptext())
      help += c == '\n' ? ' ' : c;
    text_ += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type + "\n";
    return true;
  }

  void single(const metric_family* f, const metric* m, const char* type, const std::string& value) {
    if (!header(f, type))
      return;
    text_ += name_ + labels_of(m) + " " + value + "\n";
  }

  template <class Histogram>
  void distribution(const metric_family* f, const metric* m, const Histogram& x) {
    if (!header(f, "histogram"))
      return;
    int64_t count = 0; // CAF counts per bucket, Prometheus up to and including it
    const auto buckets = x.buckets();
    for (const auto& bucket : buckets) {
      count += bucket.count.value();
      const bool last = &bucket == &buckets.back();
      const auto bound = last ? "+Inf" : number(static_cast<double>(bucket.upper_bound));
      text_ += name_ + "_bucket" + labels_of(m, "le=\"" + bound + "\"") + " "
               + std::to_string(count) + "\n";
    }
    text_ += name_ + "_sum" + labels_of(m) + " " + number(static_cast<double>(x.sum())) + "\n";
    text_ += name_ + "_count" + labels_of(m) + " " + std::to_string(count) + "\n";
  }

  const std::vector<std::string_view>& hidden_;
  const metric_family* family_ = nullptr;
  bool shown_ = true;
  std::string name_;
  std::string text_;
};

} // namespace

std::string metrics_text(caf::actor_system& sys, const std::vector<std::string_view>& hidden) {
  importer::process{sys.metrics()}.update(); // memory and CPU time of this process
  return metrics_text(sys.metrics(), hidden) + process_metrics();
}

std::string metrics_text(const metric_registry& registry,
                         const std::vector<std::string_view>& hidden) {
  text_collector collector{hidden};
  registry.collect(collector);
  return std::move(collector).text();
}

} // namespace neurocards
