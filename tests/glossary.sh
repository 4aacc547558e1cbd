#!/usr/bin/env bash
# Fails when product code or a log name uses a word that tests/lint/glossary.txt replaces more often than it says there.
# Usage: glossary.sh SOURCE_FOLDER [--lower|--record]   (see tests/tools.sh)
set -u
cd "$1" || exit 2
. tests/tools.sh
need git perl awk grep mktemp wc
mode=${2:-}
words=tests/lint/glossary.txt

# Reads every source once and counts each word in each scope.
count() {
  git ls-files --cached --others --exclude-standard base protocol domain db clients actors node sandbox sql/functions \
    | perl -CSD -e '
      my @words;
      open my $list, "<", shift or die;
      while (<$list>) {
        next if /^#/;
        chomp;
        my ($count, $scope, $pattern, $use) = split /\t/;
        push @words, { scope => $scope, pattern => $pattern, use => $use, found => 0,
                       regex => qr/(?<![A-Za-z])(?:$pattern)(?![A-Za-z])/i };
      }
      my $files = 0;
      while (my $file = <STDIN>) {
        chomp $file;
        next unless $file =~ /\.(cpp|hpp|inc|sql)$/ && open my $in, "<", $file;
        local $/;
        my %text = (any => <$in>);
        $files++;
        $text{log} = join "\n", $text{any} =~ /"[a-z_]+\.[a-z_]+"/g if $file !~ /\.sql$/;
        if ($file =~ /\.[ch]pp$/) {
          $text{code} = $text{any};
          $text{code} =~ s/R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"//sg;
          $text{name} = $text{code};
          $text{name} =~ s/\/\/[^\n]*|^#[^\n]*//mg;
          $text{name} =~ s/[.]what\(\)//g; # of exceptions
        }
        for my $word (@words) {
          next unless defined $text{$word->{scope}};
          $word->{found}++ while $text{$word->{scope}} =~ /$word->{regex}/g;
        }
      }
      die "only $files files were found: is this a git checkout?\n" if $files < 300;
      print "$_->{found}\t$_->{scope}\t$_->{pattern}\t$_->{use}\n" for @words;
    ' "$words"
}

counts=$(count) || { echo "$counts"; exit 1; }
[ "$(wc -l <<<"$counts")" -gt 30 ] || { echo "only $(wc -l <<<"$counts") words are in $words"; exit 1; }
if ! ratchet "$words" "$mode" <<<"$counts"; then
  echo "the number is how often the word stands in product code (scope: word: what to say instead; docs/development.md)"
  exit 1
fi
passed "$(grep -cv '^#' "$words") replaced words are not more than they were"
