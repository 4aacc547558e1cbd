#include "tests/chaos/verdict.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace neurocards::test::chaos {

namespace {

// ── the report ───────────────────────────────────────────────────────────────────────────────────

std::string counts(arena& a, const std::string& query) {
  std::string result;
  for (const auto& row : a.world.db.sql(query))
    result += std::string{result.empty() ? "" : ", "} + row[0].c_str() + " " + row[1].c_str();
  return result;
}

} // namespace

std::string judge(arena& a) {
  const auto everything = a.everything();
  a.world.db.check_promises();
  test::judge_orders(everything);
  const auto mail = test::judge_mail(everything);
  const auto bill = test::judge_tasks(everything);
  CHECK(a.notes.ended_alone == 0);
  CHECK(a.notes.slow_drains == 0);

  std::ostringstream out;
  int orders = 0;
  for (const auto& x : a.customers)
    orders += x.placed();
  out << "orders placed:      " << orders << "\njobs:               "
      << counts(a, "SELECT status, count(*) FROM jobs GROUP BY 1 ORDER BY 1")
      << "\nevents:             ";
  for (const auto& [name, n] : a.notes.done)
    out << name << ' ' << n << "  ";
  out << "\nstarts of nodes:    " << a.notes.starts << "\ntake-overs:         "
      << a.world.db.number("SELECT count(*) FROM job_events WHERE what = 'rescued'")
      << "\ntasks created:      " << bill.tasks << "\norphaned tasks:     " << bill.orphans
      << " (creations of unknown outcome: " << bill.intents << ')' << "\nadopted tasks:      "
      << a.world.db.number("SELECT count(*) FROM job_events WHERE what = 'task.adopted'")
      << "\ngifts:              "
      << a.world.db.number("SELECT count(*) FROM job_events WHERE what = 'task.gave_late_video'")
      << "\ncreated twice:      " << bill.twice << "\nfinal messages:     " << mail.finals
      << "\nduplicates:         " << mail.duplicates << " (unexplained: " << mail.unexplained << ')'
      << "\nfaults:             ";
  for (const auto& [name, n] : a.notes.faults)
    out << name << ' ' << n << "; ";
  out << '\n';
  out << "reasons of failure: "
      << counts(
           a, "SELECT error, count(*) FROM jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 2 DESC")
      << "\nretries:            "
      << counts(a, "SELECT details->>'error', count(*) FROM job_events WHERE what = 'retry' GROUP "
                   "BY 1 ORDER BY 2 DESC")
      << '\n';
  return out.str();
}

} // namespace neurocards::test::chaos
