#!/usr/bin/env bash
# Fails when a test case is not named `subject: sentence`, or a file of cases is not one suite with its own path
# (TEST_SUITE_BEGIN("unit/domain/flow") in tests/unit/domain/flow_test.cpp).
set -u
cd "$1" || exit 2
. tests/tools.sh
need git perl

told=$(git ls-files --cached --others --exclude-standard 'tests/*.cpp' | perl -e '
  my ($files, $cases, $bad) = (0, 0, 0);
  my $literals = qr/((?:"(?:[^"\\]|\\.)*"\s*)+)/; # clang-format splits long names
  while (my $file = <STDIN>) {
    chomp $file;
    open my $in, "<", $file or next;
    local $/;
    my $text = <$in>;
    my @names;
    while ($text =~ /^TEST_CASE\w*\(\s*(?:[\w:<>]+,\s*)?$literals/mg) {
      push @names, join "", $1 =~ /"((?:[^"\\]|\\.)*)"/g;
    }
    next unless @names;
    $files++;
    $cases += @names;
    for (grep { !/^[a-z][\w.\/-]*(?: [\w.\/-]+){0,2}: ./ } @names) {
      print "$file: not `subject: sentence` (a subject has up to three words): $_\n";
      $bad = 1;
    }
    my ($suite) = $file =~ /^tests\/(.*?)(?:_test)?\.cpp$/;
    my ($first) = $text =~ /^(TEST_\w+\([^)]*)/m;
    next if $first eq "TEST_SUITE_BEGIN(\"$suite\"" && $text =~ /^TEST_SUITE_END\(\);\n\z/m;
    print "$file: its cases are not between TEST_SUITE_BEGIN(\"$suite\"); and TEST_SUITE_END(); at the end\n";
    $bad = 1;
  }
  die "only $cases cases in $files files were found: this test no longer reads them\n" if $cases < 1500;
  print "$cases cases in $files files are named\n" unless $bad;
  exit $bad;
') || { echo "$told"; exit 1; }
passed "$told"
