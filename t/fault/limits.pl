# Room that runs out: thread queues of one, zones that hold next to nothing.
# Requests may be refused, in the words of the contract; none may hang,
# and what was acknowledged stands.

use strict;
use utf8;
use warnings;

use HR::Client ();
use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

# Readers of everything, each with a ledger of statuses.
sub readers {
    my ($count, $seconds) = @_;

    my $token = $server->client->{token};
    my @urls = ('/api/profiles/', '/api/organization/positions', '/api/dashboard/stats',
                '/api/catalog/departments', '/health', '/api/auth/me', '/api/users',
                map { ("/api/profiles/$_", "/api/profiles/$_/download/docx",
                       "/api/profiles/$_/versions") } @{ $run{profiles} });
    my $port = $server->port;
    return HR::Client::parallel($count, sub {
        my ($k) = @_;
        my %seen;
        my $client = HR::Client->new(port => $port, token => $token, timeout => 20);
        my $end = time + $seconds;
        for (my $n = $k; time < $end; $n++) {
            my $url = $urls[$n % @urls] . ($n % 7 ? "" : "?n=$n");
            my $answer = $client->get($url);
            $seen{ $answer->{status} || $answer->{error} }++;
            $seen{'503 without Retry-After'}++
                if $answer->{status} == 503 && !$answer->{headers}{'retry-after'};
            $client->close if $n % 5 == 0;
        }
        return \%seen;
    });
}

sub short_of {
    my ($name, $rounds, $edit, @allowed) = @_;

    prepare();
    up_with($edit);
    load_begin();
    my %seen;
    for my $one (readers(8, 2 + $rounds * 0.5)) {
        $seen{$_} += $one->{$_} for keys %$one;
    }
    note("$name: ", join ', ', map { "$_: $seen{$_}" } sort keys %seen);
    my $asked = 0;
    $asked += $_ for values %seen;
    is_deeply([grep { !/\A(?:200|503)\z/ } sort keys %seen], [],
              "$name: of $asked requests each is answered or refused with 503");
    check($name, faults => $asked, allowed => [@allowed], end => 120);
}

my %EDITS = (
    'queue-of-one' => sub {
        s/(thread_pool hr_\w+ threads=)\d+ max_queue=\d+/${1}1 max_queue=1/g == 4
            or die "no pools in the configuration\n";
    },
    'tiny-zones' => sub {
        s/hr_cache [^;]*;/hr_cache size=1m shards=1;/ or die "no hr_cache\n";
        s/hr_zones [^;]*;// ;
        s/(hr_cache )/hr_zones sessions=250k data=32m;\n    $1/;
    },
);

(
    'queue-of-one' => sub { short_of('queue-of-one', $_[0], $EDITS{'queue-of-one'}) },
    'tiny-zones'   => sub { short_of('tiny-zones', $_[0], $EDITS{'tiny-zones'}) },
);
