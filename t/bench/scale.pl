#!/usr/bin/perl
# Latency of the list by number of profiles: p50 and p99 as wrk sees them on one
# connection, without the response cache (HR_CACHE=off), against each given state
# folder in turn.
#
#   perl -It/lib t/bench/scale.pl SECONDS HOME-with-1,000 HOME-with-1,000,000
#
# The folders come from scripts/run (which makes the account) and
# build/unit/bench_store HOME/profiles.db ROWS unique (make -C t/unit bench).

use strict;
use warnings;
use utf8;

use HR::Client ();
use IO::Socket::INET ();
use Time::HiRes qw( time );

my ($seconds, @homes) = @ARGV;
die "usage: scale.pl SECONDS HOME ...\n" if !@homes;

my @cases = (
    ['page 1',              '/api/profiles/?page=1&limit=20'],
    ['page 500',            '/api/profiles/?page=500&limit=20'],
    ['keyset, deep',        sub { '/api/profiles/?limit=20&cursor=' . $_[0]{cursor} }],
    ['search, 3 letters',   '/api/profiles/?search=%D0%AE%D1%80%D0%B8&limit=20'],
    ['filter by department',
     '/api/profiles/?department=%D0%BD%D0%BE%D0%BC%D0%B5%D1%80%20123&limit=20'],
    ['one profile',         sub { '/api/profiles/' . $_[0]{id} }],
);
my %result;

for my $home (@homes) {
    my $port = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)->sockport;
    local @ENV{qw( HR_HOME HR_PORT HR_RATE_LIMITS HR_CACHE )} = ($home, $port, 'off', 'off');
    my $begin = time;
    system('scripts/run --background >/dev/null') == 0 or die "no start\n";
    printf "%s: answers after %.1f s\n", $home, time - $begin;

    my $client = HR::Client->new(port => $port);
    my $login = $client->post('/api/auth/login', {
        username => 'admin', password => 'Test-Passw0rd-1' });
    $client->{token} = $login->{json}{access_token} or die "no login\n";

    my $list = $client->get('/api/profiles/?page=1&limit=100')->{json};
    my %place = (id => $list->{profiles}[7]{profile_id});
    for (1 .. 8) {
        my $cursor = $list->{pagination}{next_cursor} or last;
        $place{cursor} = $cursor;
        $list = $client->get("/api/profiles/?limit=100&cursor=$cursor")->{json};
    }

    for my $case (@cases) {
        my ($name, $url) = @$case;
        $url = $url->(\%place) if ref $url;
        open my $wrk, '-|', 'wrk', '-t1', '-c1', "-d${seconds}s", '--latency', '-H',
            "Authorization: Bearer $client->{token}", "http://127.0.0.1:$port$url"
            or die "wrk: $!\n";
        my $out = do { local $/; <$wrk> };
        close $wrk;
        die "$name:\n$out" if $out =~ /Non-2xx/;
        push @{ $result{$name} }, [map { $out =~ /$_%\s+([\d.]+)(us|ms|s)\b/
            ? $1 * { us => 0.001, ms => 1, s => 1000 }->{$2} : die $out } 50, 99];
    }
    system 'scripts/stop >/dev/null';
}

print "\n| query | ", join(' | ', map { "p50 $_ | p99 $_" } 1 .. @homes), " | p99 ratio |\n";
for my $case (@cases) {
    my @cells = @{ $result{ $case->[0] } };
    printf "| %s | %s | %.1f |\n", $case->[0],
        join(' | ', map { sprintf '%.2f ms | %.2f ms', @$_ } @cells), $cells[-1][1] / $cells[0][1];
}
