#!/usr/bin/perl
# A ZIP of a thousand DOCX: time to the first byte, memory of the workers, and what
# other requests feel of it.
#
#   perl -It/lib t/bench/archive.pl [ROUNDS]
#
# A server of its own with 1,000 profiles, two workers, without ready answers.  In each
# round one client at a steady pace (a detail every 4 ms, on four connections in turn) is
# measured first alone, then while one client downloads the archive.

use strict;
use warnings;

use HR::Client ();
use HR::Server ();
use IO::Socket::INET ();
use JSON::PP ();
use Test::More;
use Time::HiRes qw( sleep time );

use constant { PROFILES => 1000, PAUSE => 0.004 };

my $rounds = shift @ARGV // 3;
my $server = HR::Server->start(HR_RATE_LIMITS => 'off', HR_CACHE => 'off', HR_WORKERS => 2,
                               HR_LLM_URL => 'http://127.0.0.1:9/v1');
my @ids = map { sprintf 'bbbbbbbb-0000-4000-8000-%012d', $_ } 1 .. PROFILES;

make_rows();
allow_many();
my $token = $server->client->{token};
my @clients = map { connection() } 1 .. 4;

# a first one, so that both workers and all threads have their arenas
archive();
archive();
my %before = map { $_ => HR::Server::memory_kb($_)->{private} } $server->workers;
my (@first, @idle, @busy, %most);

for my $round (1 .. $rounds) {
    push @idle, [paced(4)];

    my $begin = time;
    pipe my $read, my $write or die "pipe: $!\n";
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        print $write join ' ', archive();
        close $write;
        require POSIX;
        POSIX::_exit(0);
    }
    close $write;

    my @times;
    my $bits = '';
    vec($bits, fileno $read, 1) = 1;
    while (!select my $ready = $bits, undef, undef, 0) {
        push @times, paced(0.2);
        for my $worker ($server->workers) {
            my $kb = HR::Server::memory_kb($worker)->{private} - ($before{$worker} // 0);
            $most{$worker} = $kb if $kb > ($most{$worker} // 0);
        }
    }
    my ($first, $seconds, $bytes) = split ' ', <$read>;
    waitpid $pid, 0;
    push @busy, [@times];
    push @first, $first;
    printf "round %d: first byte %.1f ms, %.1f MB in %.1f s\n", $round, $first * 1000,
        $bytes / 1e6, $seconds;
    printf "  others alone     p50 %.2f  p99 %.2f ms (%d)\n", figures(@{ $idle[-1] });
    printf "  others during it p50 %.2f  p99 %.2f ms (%d)\n", figures(@{ $busy[-1] });
}

printf "first byte, worst %.1f ms; growth of a worker, most %.1f MB\n",
    1000 * (sort { $b <=> $a } @first)[0], (sort { $b <=> $a } values %most)[0] / 1024;
printf "all rounds: alone p99 %.2f ms, during it p99 %.2f ms, ratio %.2f\n",
    map { $_->[0], $_->[1], $_->[1] / $_->[0] }
    [(figures(map { @$_ } @idle))[1], (figures(map { @$_ } @busy))[1]];
ok($server->stop, 'it ends in order');
done_testing();


sub figures {
    my @ms = map { $_ * 1000 } @_;
    return (HR::Client::percentile(50, @ms), HR::Client::percentile(99, @ms), scalar @ms);
}


# Seconds of each request within a time.
sub paced {
    my ($seconds) = @_;

    my (@times, $n);
    my $end = time + $seconds;
    while (time < $end) {
        my $client = $clients[$n++ % @clients];
        my $request = "GET /api/profiles/$ids[rand @ids] HTTP/1.1\r\nHost: localhost\r\n"
            . "Authorization: Bearer $token\r\n\r\n";
        my $begin = time;
        syswrite $client, $request or die "write: $!\n";
        take($client);
        push @times, time - $begin;
        sleep PAUSE;
    }
    return @times;
}


sub connection {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port)
        || die "connect: $!\n";
}


# One whole answer, not looked into: HR::Client decodes, which takes longer than the server.
sub take {
    my ($client) = @_;

    my $text = '';
    while (1) {
        sysread $client, $text, 65536, length $text or die "closed: $text\n";
        next if $text !~ /\r\n\r\n/;
        my $body = $+[0];
        die substr($text, 0, 300) if $text !~ m{\AHTTP/1.1 200};
        my ($length) = $text =~ /^Content-Length: (\d+)/mi or die "no length\n";
        return if length $text >= $body + $length;
    }
}


# Seconds to the first byte of the archive and to its end, and bytes.
sub archive {
    my $body = JSON::PP->new->encode({ profile_ids => \@ids, format => 'docx' });
    my $socket = connection();
    my $begin = time;
    print $socket "POST /api/profiles/bulk-download HTTP/1.1\r\nHost: localhost\r\n",
        "Connection: close\r\nAuthorization: Bearer $token\r\n",
        "Content-Type: application/json\r\nContent-Length: ", length $body, "\r\n\r\n", $body;
    $socket->flush;

    my ($head, $first, $bytes) = ('', undef, 0);
    while (sysread $socket, my $piece, 65536) {
        $bytes += length $piece;
        next if defined $first;
        $head .= $piece;
        $first = time - $begin if $head =~ /\r\n\r\n./s;
    }
    die substr($head, 0, 500) if $head !~ m{^HTTP/1.1 200};
    return ($first, time - $begin, $bytes);
}


sub make_rows {
    my $document = "CAST(readfile('t/data/profiles/production.json') AS TEXT)";
    my $sql = "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        . PROFILES . ") INSERT INTO profiles (id, department, position, profile_data,"
        . " metadata_json, generation_time_seconds, created_by) SELECT"
        . " printf('bbbbbbbb-0000-4000-8000-%012d', i), 'Отдел ' || (i % 50), 'Должность ' || i,"
        . " $document, '{}', 1, 1 FROM n;"
        . "INSERT INTO profile_versions (profile_id, version_number, created_by_user_id,"
        . " created_by_username, version_type, profile_content) SELECT id, 1, 1, 'System',"
        . " 'generated', profile_data FROM profiles; COMMIT";
    system('sqlite3', '-bail', '-cmd', '.timeout 10000', $server->home . '/profiles.db', $sql) == 0
        or die "sqlite3\n";
}


# The limit of the directive, by a reload.
sub allow_many {
    my $path = $server->home . '/nginx.conf';
    open my $in, '<', $path or die "$path: $!\n";
    my $text = do { local $/; <$in> };
    $text =~ s/^(\s*)hr_environment/$1hr_bulk_max 1000;\n$1hr_environment/m or die "no place\n";
    open my $out, '>', $path or die "$path: $!\n";
    print $out $text;
    close $out;
    my %old = map { $_ => 1 } $server->workers;
    $server->signal('HUP');
    HR::Server::wait_until(20, sub { 2 == grep { !$old{$_} } $server->workers })
        or die "no reload\n";
    HR::Server::wait_until(20, sub { !grep { $old{$_} } $server->workers }) or die "old workers\n";
}
