# The fault laboratory (scripts/fault): runs the scenarios of this folder.  The bench -
# load, ledger, checker - is HR::Fault.
#
# A file of scenarios ends with a list: name => code, which is called with the number
# of rounds.

use strict;
use utf8;
use warnings;

use Getopt::Long qw( GetOptions );
use HR::Fault;
use Test::More;
use Time::HiRes qw( time );

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw( output failure_output );

my ($seed, $rounds, $short, $list) = (time ^ $$, 10);
GetOptions('seed=i' => \$seed, 'rounds=i' => \$rounds, 'short' => \$short, 'list' => \$list)
    or exit 2;
$seed = int($seed) & 0x7fffffff;
$rounds = 2 if $short;

my (%known, @names);
for my $file (qw( processes disk mounts network clients upstream limits clock memory soak )) {
    my @scenarios = do "./t/fault/$file.pl" or die "t/fault/$file.pl: ", $@ || $!, "\n";
    while (my ($name, $code) = splice @scenarios, 0, 2) {
        $known{$name} = $code;
        push @names, $name;
    }
}
if ($list) { print map { "$_\n" } @names; exit 0 }

my @wanted = @ARGV ? @ARGV : $short ? qw( worker-kill kill-all power-cut disk-full ) : @names;
$known{$_} or die "unknown scenario $_ (see --list)\n" for @wanted;

note("seed $seed, rounds $rounds: scripts/fault --seed $seed --rounds $rounds @wanted");

for my $name (@wanted) {
    srand($seed);
    my $begin = time;
    eval { $known{$name}->($rounds); 1 } or fail("$name: ran to its end") or diag($@);
    load_end();
    $server->stop if $server;
    $run{clean}->() if $run{clean};
    unlink $run{control} if $run{control};
    note(sprintf '%s: %.1f s', $name, time - $begin);
}

note('| fault | times | writes acknowledged | lost | tasks | double profiles | recovery, s |');
note('| --- | --- | --- | --- | --- | --- | --- |');
note('| ' . join(' | ', @$_) . ' |') for @table;
done_testing();
