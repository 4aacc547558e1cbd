#!/usr/bin/env bash
# Fails when a page links to a file or a heading that is not there.
set -u
cd "$1" || exit 2
. tests/tools.sh
need git perl
git ls-files --cached --others --exclude-standard '*.md' | perl -CSD -e '
  use File::Basename;
  my (%anchors, $links, $bad);
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
  if ($links < 20) { print "only $links links were found: this test no longer reads the pages\n"; $bad = 1 }
  exit($bad ? 1 : 0);
' || exit 1
passed "every link of every page leads somewhere"
