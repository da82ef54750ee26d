# Random and mutated HTTP by a user with a valid token (http_fuzz.pl): no crash, no
# severe line in the log, no answer that is none, no growth of memory.
#
# HR_E2E_FUZZ=N        seconds (6; a minute for the issue's figure)
# HR_E2E_SEED=N        the mutants of an earlier run, as far as time allows

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use JSON::PP ();
use Test::More;

my $seconds = $ENV{HR_E2E_FUZZ} || 6;
my $seed = $ENV{HR_E2E_SEED} || time & 0xffff;

my $server = HR::Server->start(HR_LLM_DELAY => 0.2);
my $admin  = $server->client;
my %user   = (username => 'mutant', password => 'word-for-random-bytes-7');
my $made = $admin->post('/api/users', { %user, full_name => 'Mutant', role => 'admin' });
like($made->{status}, qr/\A20[01]\z/, 'an account for the mutants') or diag($made->{body});

# Something to hit.
for my $title ('Программист', 'Ведущий программист') {
    my $id = $admin->post('/api/generation/start', {
        department => 'Отдел разработки', position => $title })->{json}{task_id};
    ok(HR::Server::wait_until(20, sub {
        $admin->get("/api/generation/$id/status")->{json}{task}{status} eq 'completed';
    }), 'a profile');
}

my @pids = $server->workers;

# The part of a worker's memory that is its own.
sub memory {
    return map { my $m = HR::Server::memory_kb($_); $m->{rss} - $m->{shared} } @pids;
}

sub fuzz {
    my ($for, $k) = @_;

    my $file = $server->home . '/fuzz.json';
    my $pid = fork() // die "fork: $!\n";
    if ($pid == 0) {
        open STDOUT, '>', $file;
        exec $^X, '-It/lib', 't/e2e/http_fuzz.pl', '--port', $server->port,
             '--user', $user{username}, '--password', $user{password}, '--seconds', $for,
             '--seed', $seed + 1000 * $k, '--clients', 6, '--log', $server->home . "/fuzz.$k";
    }
    waitpid $pid, 0;
    open my $in, '<', $file or die "$file: $!\n";
    return JSON::PP->new->utf8->decode(do { local $/; <$in> });
}

# Warm, then the same for longer: what grows with the number of requests shows.
my @runs = fuzz($seconds / 3, 0);
my @warm = memory();
push @runs, fuzz($seconds, 1);
my @end = memory();

is_deeply([$server->workers], \@pids, 'no worker has died');
is_deeply([map { @{ $_->{wrong} } } @runs], [], 'nothing was wrong with the answers')
    or diag("HR_E2E_SEED=$seed, ", $server->home, '/fuzz.*');

my $n = 0;
$n += $_->{requests} for @runs;
cmp_ok($n, '>', 20 * $seconds / 6, "$n requests");
my $growth = HR::Client::percentile(100, map { $end[$_] - $warm[$_] } 0 .. $#pids);
cmp_ok($growth, '<', 6 * 1024, 'memory does not grow');
diag(sprintf '%d requests, largest growth %.1f MB; warm %s, end %s MB; statuses %s', $n,
     $growth / 1024, map({ join ' ', map { sprintf '%.1f', $_ / 1024 } @$_ } \@warm, \@end),
     join ' ', map { "$_: $runs[1]{status}{$_}" } sort keys %{ $runs[1]{status} })
    if $seconds > 6;

is($admin->get('/api/auth/me')->{status}, 200, 'it still serves') if $admin->{token};
is_deeply([$server->sql('PRAGMA integrity_check'), $server->sql('PRAGMA foreign_key_check')],
          [['ok']], 'the database is whole');
$server->log_is_clean('no severe line');
ok($server->stop, 'it ends in order');

done_testing();
