#!/usr/bin/perl
# Which block of t/*.t tests which endpoint, and which one closes which defect of the
# contract: a table in Markdown, derived from the route tables and the blocks.
#
#   t/coverage.pl                    the tables
#   t/coverage.pl --open             only what has no block
#   HR_OPENAPI_SEEN=FILE scripts/test --quick; t/coverage.pl --seen FILE
#                                    also the statuses that were met, and those that
#                                    docs/openapi describes and nobody has met
#
# Exit code 1: an endpoint or a defect has no block.

use strict;
use warnings;

use Cwd qw( abs_path );
use File::Basename qw( dirname );
use Getopt::Long qw( GetOptions );

my $top;
BEGIN { $top = dirname(dirname(abs_path($0))) }
use lib "$top/t/lib";
use HR::Test::Coverage ();

chdir $top or die "$top: $!\n";
my %opt;
GetOptions(\%opt, 'seen=s', 'open') or die "usage: t/coverage.pl [--open] [--seen FILE]\n";

my $seen = defined $opt{seen} ? HR::Test::Coverage::seen($opt{seen}) : undef;
my @endpoints = HR::Test::Coverage::endpoints($seen);
my @defects = HR::Test::Coverage::defects();
my $open = grep { !@{ $_->{blocks} } } @endpoints, @defects;

print '| endpoint | blocks | defects |' . ($seen ? ' met | not met |' : '') . "\n";
print '| --- | --- | --- |' . ($seen ? ' --- | --- |' : '') . "\n";
for my $it (@endpoints) {
    next if $opt{open} && @{ $it->{blocks} };
    my $row = "| $it->{method} $it->{path} | " . places(@{ $it->{blocks} }) . ' | '
              . join(' ', @{ $it->{defects} }) . ' |';
    $row .= ' ' . join(' ', @{ $it->{seen} // [] }) . ' | ' . join(' ', @{ $it->{unseen} // [] })
            . ' |' if $seen;
    print "$row\n";
}

print "\n| defect | where |\n| --- | --- |\n";
for my $it (@defects) {
    next if $opt{open} && @{ $it->{blocks} };
    print "| $it->{id} | " . places(@{ $it->{blocks} }) . " |\n";
}

printf "\n%d endpoints, %d defects, %d without a block\n", scalar @endpoints, scalar @defects,
    $open;
exit($open ? 1 : 0);


# "auth 1 2 5, users 7": files and the numbers of their blocks.
sub places {
    my (@blocks) = @_;

    my (%numbers, @files);
    for my $block (@blocks) {
        my ($file) = $block->{file} =~ m{([^/]+)\.\w+\z};
        push @files, $file if !$numbers{$file};
        my ($n) = $block->{title} =~ /\ATEST (\d+)/;
        $numbers{$file}{$n // ''} = 1;
    }

    return join(', ', map { join ' ', $_,
        sort { $a <=> $b } grep { length } keys %{ $numbers{$_} } }
                      @files) || 'NONE';
}
