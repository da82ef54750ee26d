# The response cache when things go wrong: workers killed while they send from it,
# reloads under load, a cache that holds next to nothing.  What comes is always a whole
# answer of the right bytes, and nothing stays pinned.

use strict;
use warnings;

use lib 't/lib';
use Digest::MD5 qw( md5_hex );
use File::Temp qw( tempdir );
use HR::Client ();
use HR::Server ();
use IO::Handle ();
use Socket;
use Test::More;
use Time::HiRes qw( sleep time );

use constant BIG => '/api/organization/positions';      # some 2 MB: pinned, not copied

my $data = tempdir(CLEANUP => 1);
chmod 0755, $data;
system("scripts/demo-data $data >$data/log 2>&1") == 0 or die "no demo data\n";

sub metrics {
    my ($client) = @_;

    my $text = $client->get('/metrics')->{body};
    my %sum;
    $sum{$1} += $2 while $text =~ /^hr_cache_(\w+)\{shard="\d+"\} (\d+)$/mg;
    return \%sum;
}

# Takes the big answer a little at a time; the time it needed is for the server to bear.
sub slow_reader {
    my ($server, $token, $seconds) = @_;

    # a small window must be asked for before the connection is made
    socket my $socket, PF_INET, SOCK_STREAM, 0 or return { error => "$!" };
    setsockopt $socket, SOL_SOCKET, SO_RCVBUF, pack('i', 8192);
    connect $socket, pack_sockaddr_in($server->port, inet_aton('127.0.0.1'))
        or return { error => "$!" };
    $socket->autoflush(1);
    print {$socket} 'GET ' . BIG . " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    . "Authorization: Bearer $token\r\n\r\n";

    my ($text, $end) = ('', time + $seconds);
    while (1) {
        my $n = sysread $socket, $text, 65536, length $text;
        last if !$n;
        sleep 0.01 if time < $end;
    }
    $text =~ s/\A(.*?)\r\n\r\n//s or return { error => 'no head' };
    my ($length) = $1 =~ /^content-length: (\d+)/mi;
    return { whole => length $text == ($length // -1), md5 => md5_of($text) };
}

# The moment of rendering differs from one rendering to the next.
sub md5_of {
    my ($body) = @_;

    $body =~ s/"(?:timestamp|last_updated)":"[^"]*"//g;
    return md5_hex($body);
}

sub reference {
    my ($client) = @_;

    my %seen;
    $seen{ md5_of($client->get(BIG)->{body}) } = 1 for 1 .. 3;
    return \%seen;
}

# Readers of other things, each of them checked; returns what was wrong.
sub load {
    my ($server, $token, $seconds) = @_;

    my $client = HR::Client->new(port => $server->port, token => $token, timeout => 20);
    my @urls = ('/api/catalog/departments', '/api/dashboard/stats', '/api/auth/me', BIG,
                map { "/api/profiles/?limit=$_" } 1 .. 40);
    my ($end, $n, @wrong) = (time + $seconds, 0);
    while (time < $end) {
        my $url = $urls[ int rand @urls ];
        my $answer = $client->get($url, rand() < 0.3
                                  ? (headers => { 'Accept-Encoding' => 'gzip' }) : ());
        $n++;
        # a killed worker takes its connections with it; anything else is an error
        push @wrong, "$url: $answer->{status} " . ($answer->{error} // '')
            if $answer->{status} != 200 && $answer->{status} != 0;
        push @wrong, "$url: not JSON" if $answer->{status} == 200
            && !($answer->{headers}{'content-encoding'}) && !ref $answer->{json};
    }
    return { n => $n, wrong => [@wrong] };
}

sub all_settled {
    my ($client, $name) = @_;

    my $left;
    HR::Server::wait_until(10, sub {
        $client->close;
        $left = metrics($client)->{pins};
        return defined $left && $left == 0;
    });
    is($left, 0, "$name: nothing stays pinned");
}


# ---- workers are killed and replaced while big bodies are sent ----

{
    my $server = HR::Server->start(HR_DATA => $data, HR_LLM_URL => 'http://127.0.0.1:9/v1',
                                   HR_LISTEN_OPTIONS => 'sndbuf=32k');
    my $client = $server->client;
    my $good = reference($client);
    is(scalar keys %$good, 1, 'the big answer is the same each time');

    my @got = HR::Client::parallel(15, sub {
        my ($i) = @_;
        srand $i;

        return slow_reader($server, $client->{token}, 4) if $i < 8;
        return load($server, $client->{token}, 5) if $i < 12;
        if ($i == 12) {
            my $watcher = HR::Client->new(port => $server->port, token => $client->{token});
            my $most = 0;
            for (1 .. 20) {
                my $pins = metrics($watcher)->{pins} // 0;
                $most = $pins if $pins > $most;
                sleep 0.1;
            }
            return { pins => $most };
        }
        if ($i == 13) {
            for (1 .. 4) {
                sleep 1.1;
                kill KILL => ($server->workers)[rand 2];
            }
            return {};
        }
        sleep 5;
        $server->signal('HUP');
        return {};
    });

    ok($got[12]{pins} > 0, 'big bodies are pinned while they are sent');
    is(scalar(grep { $_->{whole} && !$good->{ $_->{md5} } } @got[0 .. 7]), 0,
       'no slow reader got a whole answer of wrong bytes');
    is_deeply([map { @{ $_->{wrong} } } @got[8 .. 11]], [], 'nobody got a wrong answer');
    all_settled($client, 'kills and a reload');
    is_deeply([sort keys %{ reference($client) }], [sort keys %$good],
              'afterwards the same bytes');

    # HUP under load, several times
    my $master = $server->master;
    @got = HR::Client::parallel(6, sub {
        my ($i) = @_;
        srand 100 + $i;
        return load($server, $client->{token}, 5) if $i < 4;
        return slow_reader($server, $client->{token}, 3) if $i == 4;
        for (1 .. 4) {
            sleep 1;
            $server->signal('HUP');
        }
        return {};
    });
    is_deeply([map { @{ $_->{wrong} } } @got[0 .. 3]], [], 'reloads under load: no wrong answer');
    ok($got[4]{whole} && $good->{ $got[4]{md5} }, 'a slow reader outlives the reloads');
    all_settled($client, 'reloads');
    is($server->master, $master, 'the same master');

    $server->log_is_clean('no alerts', qr/exited on signal 9/);
    ok($server->stop, 'it ends in order');
}


# ---- a cache that has no room: 1 MB, four big lists fill it, the positions never fit ----

{
    my $server = HR::Server->start(HR_DATA => $data, HR_LLM_URL => 'http://127.0.0.1:9/v1',
                                   HR_LISTEN_OPTIONS => 'sndbuf=32k',
                                   HR_CACHE_SIZE => 'size=1m shards=1');
    my $client = $server->client;
    my $good = reference($client);

    my @got = HR::Client::parallel(8, sub {
        my ($i) = @_;
        srand 200 + $i;
        return load($server, $client->{token}, 4) if $i < 4;
        return slow_reader($server, $client->{token}, 2);
    });
    is_deeply([map { @{ $_->{wrong} } } @got[0 .. 3]], [], 'a full zone: no wrong answer');
    is(scalar(grep { !$_->{whole} || !$good->{ $_->{md5} } } @got[4 .. 7]), 0,
       'what does not fit is sent all the same');

    my $sum = metrics($client);
    ok($sum->{evictions_total} + $sum->{failures_total} > 0, 'the zone was full');
    ok($sum->{body_bytes} <= $sum->{size_bytes}, 'and not more than full');
    all_settled($client, 'a full zone');
    $server->log_is_clean('no alerts');
    ok($server->stop, 'it ends in order');
}

done_testing();
