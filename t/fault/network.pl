# Clients whose packets are lost from one moment on: no end, no reset, nothing arrives.  They
# sit in a network namespace of their own, where a rule drops everything.  Half requests,
# streams and unread answers must end by time-outs, and free their connections.
# Needs root, ip and iptables; where a namespace is not given, the scenario is skipped.

use strict;
use utf8;
use warnings;

use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

# Opens connections of four kinds, says so, and waits for its end.
my $CLIENTS = <<'END';
use IO::Socket::INET;
my ($host, $port, $token, $task, $count) = @ARGV;
my $head = "Host: localhost\r\nAuthorization: Bearer $token\r\n";
my @kinds = (
    "GET /hea",
    "PUT /api/profiles/x HTTP/1.1\r\n${head}Content-Length: 90000\r\n\r\n{",
    "GET /api/generation/$task/events HTTP/1.1\r\n$head\r\n",
    "GET /api/organization/positions?n=1 HTTP/1.1\r\n$head\r\n" x 40,
);
my @open;
for my $i (1 .. $count) {
    my $s = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port) or die "connect: $!\n";
    setsockopt $s, SOL_SOCKET, SO_RCVBUF, 2048 if $i % 4 == 3;
    syswrite $s, $kinds[$i % 4];
    if ($i % 4 == 2) { sysread $s, my $got, 12; die "$got\n" if $got !~ / 200/ }
    push @open, $s;
}
$| = 1;
print "ready\n";
sleep 600;
END

sub ip { return system("ip @_ 2>/dev/null") == 0 }

# Connections of the server at this address that a process still holds.
sub held {
    my ($address, $port) = @_;

    my $local = sprintf '%02X%02X%02X%02X:%04X', reverse(split /\./, $address), $port;
    open my $in, '<', '/proc/net/tcp' or die "tcp: $!\n";
    return scalar grep { my @f = split; $f[1] eq $local && $f[3] ne '0A' && $f[9] ne '0' } <$in>;
}

sub lost_packets {
    my ($rounds) = @_;

    my ($name, $end) = ("hrlab$$", "hl" . $$ % 100_000);
    my $net = '10.213.' . $$ % 250;
    return pass('lost-packets: needs root # skip') if $> != 0;
    ip("netns add $name") or return pass('lost-packets: no namespace of the network # skip');
    my $ready = ip("link add ${end}a type veth peer name ${end}b")
        && ip("link set ${end}b netns $name") && ip("addr add $net.1/30 dev ${end}a")
        && ip("link set ${end}a up") && ip("-n $name addr add $net.2/30 dev ${end}b")
        && ip("-n $name link set ${end}b up")
        && ip("netns exec $name iptables -L -n >/dev/null");
    my $done = sub { ip("link del ${end}a"); ip("netns del $name") };
    if (!$ready) { $done->(); return pass('lost-packets: no veth or no iptables # skip') }

    prepare();
    $run{clean} = $done;
    my $port = $server->port;
    up_with(sub {
        s/(listen )127\.0\.0\.1(:\d+;)/${1}127.0.0.1$2 listen $net.1$2 client_header_timeout 3s;
          client_body_timeout 3s; send_timeout 3s; keepalive_timeout 3s;/ or die "no listen\n";
    });
    load_begin();
    my $client = $server->client;
    my ($count, $slowest, $lost) = (0, 0, 0);
    for my $round (1 .. 1 + int $rounds / 5) {
        my $task = start_task($client, position => "Тишина $round",
                              model => 'simulator/sim/hang:600') or die "no task\n";
        my $pid = open(my $out, '-|', 'ip', 'netns', 'exec', $name, $^X, '-e', $CLIENTS,
                       "$net.1", $port, $client->{token}, $task, 40) // die "ip: $!\n";
        my $said = readline($out) // '';
        is($said, "ready\n", 'lost-packets: clients of all kinds are there') or last;
        ip("netns exec $name iptables -I $_ -j DROP") or die "iptables: $!\n"
            for qw( INPUT OUTPUT );
        my $open = held("$net.1", $port);
        $count += $open;
        kill KILL => $pid;
        close $out;

        my $begin = time;
        ok(HR::Server::wait_until(60, sub { $lost = held("$net.1", $port); !$lost }),
           "lost-packets: all $open have ended")
            or diag("$lost are left") or last;
        $slowest = time - $begin if time - $begin > $slowest;
        ip("netns exec $name iptables -F");
        $client->delete("/api/generation/$task");
    }
    note(sprintf 'lost-packets: the last ended after %.1f s', $slowest);
    check('lost-packets', faults => $count, end => 120);
}

('lost-packets' => \&lost_packets);
