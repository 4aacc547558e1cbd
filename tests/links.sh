#!/usr/bin/env bash
# Fails when a page links to a file or a heading that is not there, or names a file of the sources that is not there;
# and when docs/development.md names a test that nobody wrote.
set -u
cd "$1" || exit 2
. tests/tools.sh
need git perl
git ls-files --cached --others --exclude-standard '*.md' | perl -CSD -e '
  use File::Basename;
  my (%anchors, $links, $named, $bad);
  # `folder/file.cpp`, `folder/file` (with or without a suffix) and `folder/`; not folder/NAME.cpp and the like.
  my $folders = "base|bench|clients|cmake|db|deploy|docs|domain|node|protocol|sandbox|script|sql|tests|web";
  sub is_there {
    (my $path = shift) =~ s{/$}{};
    return $path =~ /waiting_jobs/ || grep { -e "$path$_" } "", ".hpp", ".cpp", ".sql"; # the example of store_requests.md
  }
  # The anchors of a page, as hosts of git make them from its headings.
  sub anchors_of {
    my $page = shift;
    return $anchors{$page} if $anchors{$page};
    my %of;
    my $block = 0;
    open my $in, "<", $page or return {};
    while (<$in>) {
      $block = !$block if /^```/;
      next if $block || !/^#+ +(.*?)\s*$/;
      my $anchor = lc $1;
      $anchor =~ s/[^\w\- ]//g;
      $anchor =~ s/ /-/g;
      $of{$anchor} = 1;
    }
    return $anchors{$page} = \%of;
  }
  while (my $page = <STDIN>) {
    chomp $page;
    open my $in, "<", $page or next;
    my $block = 0;
    my $line = 0;
    while (<$in>) {
      $line++;
      $block = !$block if /^```/;
      next if $block;
      while ($page ne "CHANGELOG.md" && m{`((?:actors|$folders)/[\w./-]+)`}g) { # the log tells of files that have gone
        my $name = $1;
        next if $name =~ /[A-Z]{2}/ && $name !~ /README/;
        $named++;
        if (!is_there($name)) { print "$page:$line: $name does not exist\n"; $bad = 1 }
      }
      while (/\]\(([^)\s]+)\)/g) {
        my $target = $1;
        next if $target =~ /^[a-z]+:/;
        $links++;
        my ($path, $anchor) = split /#/, $target, 2;
        my $file = $path eq "" ? $page : dirname($page) . "/$path";
        if (!-e $file) { print "$page:$line: $target does not exist\n"; $bad = 1; next }
        if (defined $anchor && !anchors_of($file)->{$anchor}) { print "$page:$line: $target: no such heading\n"; $bad = 1 }
      }
    }
  }
  if ($named < 100) { print "only $named files are named: this test no longer reads the pages\n"; $bad = 1 }
  if ($links < 20) { print "only $links links were found: this test no longer reads the pages\n"; $bad = 1 }
  exit($bad ? 1 : 0);
' || exit 1
# `subject: sentence`, over the end of a line, too.
cases=$(perl -0pe 's/^```.*?^```$//msg; s/\s*\n/ /g' docs/development.md | grep -oE '`[a-z_]+: [a-z][^`]+`' | tr -d '`' | sed 's/\*$//')
[ "$(wc -l <<<"$cases")" -ge 2 ] || { echo "hardly a test is named in docs/development.md: this test no longer reads it"; exit 1; }
while read -r name; do
  [ "$name" = "subject: sentence" ] || grep -rqF "\"$name" tests/unit tests/integration \
    || { echo "docs/development.md: no test is called \"$name\""; bad=1; }
done <<<"$cases"
[ -z "${bad:-}" ] || exit 1
passed "every link of every page leads somewhere"
