#!/usr/bin/env bash
# Fails when a test case is not named `subject: sentence`, a file of cases is not one suite with its own path
# (TEST_SUITE_BEGIN("unit/domain/flow") in tests/unit/domain/flow_test.cpp), or names stand in namespaces in another way
# than everywhere: what tests share is declared in neurocards::test or below it, what one file of cases has for itself in
# an unnamed namespace; a file of cases brings names in by directives in one block (neurocards, the product's others,
# neurocards::test, std), never a name of neurocards::test by itself.
set -u
cd "$1" || exit 2
. tests/tools.sh
need git perl

told=$(git ls-files --cached --others --exclude-standard 'tests/*.cpp' | perl -e '
  my ($files, $cases, $bad) = (0, 0, 0);
  my $rank = sub {
    my $name = shift;
    return $name eq "neurocards" ? 0 : $name =~ /^std/ ? 3 : $name =~ /^neurocards::test\b/ ? 2 : 1;
  };
  my $complain = sub { print "@_\n"; $bad = 1; };
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
    for my $space ($text =~ /^namespace ([\w:]+) \{/mg) {
      next if @names == 0 && ($space =~ /^neurocards::test\b/ || $space eq "caf");
      $complain->("$file: names are declared in $space", @names ? "instead of an unnamed namespace" : "instead of neurocards::test");
    }
    $complain->("$file: $1 is brought in by itself instead of using namespace neurocards::test") if $text =~ /^using (?:neurocards::)?(test::\w+);/m;
    next unless @names;
    my ($head) = $text =~ /\A(.*?)(?:^namespace \{|^TEST_)/ms;
    my @spaces = $head =~ /^using namespace ([\w:]+);$/mg;
    my @sorted = sort { $rank->($a) <=> $rank->($b) || $a cmp $b } @spaces;
    $complain->("$file: directives in another order than @sorted") if "@spaces" ne "@sorted";
    $complain->("$file: its directives are not one block") if @spaces > 1 && $head !~ /^using namespace [\w:]+;\n(?:using namespace [\w:]+;\n){$#spaces}/m;
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
