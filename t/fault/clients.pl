# Clients that never finish what they began, or never read what they asked for.

use strict;
use utf8;
use warnings;

use HR::Fault;
use IO::Socket::INET ();
use Socket qw( SOL_SOCKET SO_LINGER );
use Test::More;
use Time::HiRes qw( sleep time );

# Half requests, and answers that nobody reads; half of them end with a reset.
sub slow_clients {
    my ($rounds) = @_;

    prepare();
    load_begin();
    my @sockets;
    my $token = $server->client->{token};
    for my $i (1 .. $rounds * 20) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port)
            or die "connect: $!\n";
        syswrite $socket, $i % 3 == 0 ? 'GET /hea'
            : $i % 3 == 1 ? "PUT /api/profiles/x HTTP/1.1\r\nHost: localhost\r\n"
                            . "Authorization: Bearer $token\r\nContent-Length: 90\r\n\r\n{"
            : "GET /api/organization/positions HTTP/1.1\r\nHost: localhost\r\n"
              . "Authorization: Bearer $token\r\n\r\n" x 3;
        push @sockets, $socket;
    }
    sleep 1.5;
    for my $i (0 .. $#sockets) {
        setsockopt $sockets[$i], SOL_SOCKET, SO_LINGER, pack 'll', 1, 0 if $i % 2;
        close $sockets[$i];
    }
    check('slow-clients', faults => scalar @sockets);
}

# A big answer taken in sips, a request given in drops: slow, but whole.
sub drops {
    my ($rounds) = @_;

    prepare();
    load_begin();
    my $token = $server->client->{token};
    my $head = "Host: localhost\r\nAuthorization: Bearer $token\r\nConnection: close\r\n";
    my $body = '{"employee_name":"drops"}';
    my $put = "PUT /api/profiles/$run{profiles}[1] HTTP/1.1\r\n$head"
              . "Content-Type: application/json\r\nContent-Length: " . length($body)
              . "\r\n\r\n$body";
    my $whole = 0;

    for (1 .. $rounds) {
        my ($reader, $giver) = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1',
            PeerPort => $server->port) // die "connect: $!\n" } 1 .. 2;
        setsockopt $reader, SOL_SOCKET, Socket::SO_RCVBUF(), 4096;
        syswrite $reader, "GET /api/organization/positions HTTP/1.1\r\n$head\r\n";
        my $got = '';
        for (my $at = 0; $at < length $put; $at += 7) {
            syswrite $giver, substr $put, $at, 7;
            sysread $reader, $got, 400, length $got;
            sleep 0.005;
        }
        1 while sysread $reader, $got, 65536, length $got;
        my $answer = '';
        1 while sysread $giver, $answer, 65536, length $answer;
        $whole++ if $answer =~ m{^HTTP/1.1 200} && $got =~ m{^HTTP/1.1 200.*\r\n0\r\n\r\n\z}s
                    || $answer =~ m{^HTTP/1.1 200} && _has_all($got);
    }
    is($whole, $rounds, 'drops: every slow request is answered whole');
    check('drops', faults => 2 * $rounds);
}

sub _has_all {
    my ($text) = @_;

    my ($length) = $text =~ /^Content-Length: (\d+)/mi or return 0;
    return length($text =~ s/\A.*?\r\n\r\n//sr) == $length;
}

(
    'slow-clients' => \&slow_clients,
    'drops'        => \&drops,
);
