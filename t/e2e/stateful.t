# The server driven by its own description: for each operation requests are made from
# its schemas, with the identifiers that earlier answers gave, right ones and wrong
# ones.  Every answer must be as described: status, members, types; no 5xx but those
# that are declared, the headers of safety on each, never an error page of nginx.
#
# HR_E2E_STATEFUL=N   seconds (8)
# HR_E2E_SEED=N       the choices of an earlier run; the short run always makes the same

use strict;
use utf8;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use HR::Test::OpenApi qw( answer_faults operations );
use HR::Test::Stateful ();
use JSON::PP ();
use Test::More;
use Time::HiRes qw( time );

my $seconds = $ENV{HR_E2E_STATEFUL} || 8;
my $seed = $ENV{HR_E2E_SEED} || ($ENV{HR_E2E_STATEFUL} ? time & 0xffff : 16257);

my $server = HR::Server->start(HR_LLM_DELAY => 0.05);
my $admin = $server->client;
my %word = (username => '', password => 'word-for-stateful-run-7', full_name => 'Тест');
for my $role (qw( viewer hr head admin )) {
    my $made = $admin->post('/api/users', { %word, username => "run-$role", role => $role });
    is($made->{status}, 200, "an account: $role") or diag($made->{body});
}
for my $title ('Программист', 'Ведущий программист') {
    $admin->post('/api/generation/start', { department => 'Отдел разработки',
                                            position => $title });
}

# What would end the run, or takes long; a stream of events ends with its task.
my @operations = grep {
    $_->{path} !~ m{\A/api/auth/(?:login|logout|password)\z|/events\z|/api/admin/backup\z}
} operations();
# Bodies that change accounts would lock out those who run.
my %seldom = map { $_ => 1 } 'PUT /api/users/{user_id}', 'POST /api/admin/maintenance',
                             'DELETE /api/auth/sessions/{session_id}', 'POST /api/users';

sub drive {
    my ($k) = @_;

    srand $seed + $k;
    my $maker = HR::Test::Stateful->new;
    my $json = JSON::PP->new->utf8->allow_nonref->canonical;
    my (%seen, %done, @wrong);
    my $n = 0;
    my $end = time + $seconds;
    my @names = map { "run-$_" } qw( admin admin hr head viewer );
    my %clients;
    $maker->learn($admin->get('/api/users')->{json});

    while (time < $end) {
        my $name = $names[rand @names];
        my $client = $clients{$name} //= HR::Client->new(port => $server->port, timeout => 20);
        if (!$client->{token}) {
            $client->login($name, $word{password});
            if (!$client->{token}) {        # an operation has changed the account
                @names = grep { $_ ne $name } @names;
                last if !@names;
                next;
            }
        }
        my $operation = $operations[rand @operations];
        my $of = "$operation->{method} $operation->{path}";
        next if $seldom{$of} && rand() < 0.8;

        my ($method, $url, $body, $headers) = $maker->request($operation);
        my $text = defined $body ? $json->encode($body) : undef;
        $text = substr $text, 0, rand length $text if defined $text && rand() < 0.02;
        $headers->{'Content-Type'} = 'application/json' if defined $text;
        my $answer = $client->request($method, $url, headers => $headers, body => $text);
        $n++;
        $seen{ $answer->{status} }++;
        $done{$of}{ int $answer->{status} / 100 }++;
        delete $client->{token} if $answer->{status} == 401;
        $maker->{tag} = $answer->{headers}{etag} // $maker->{tag};
        $maker->learn($answer->{json}) if $answer->{status} < 300;

        my $status = $answer->{status};
        my @faults = $status == 0 ? "no answer: $answer->{error}"
                   : answer_faults($method, $url, $status, $answer->{body});
        push @faults, "status $status" if $status >= 500
            && !$operation->{it}{responses}{$status};
        push @faults, 'no request id' if !$answer->{headers}{'x-request-id'};
        push @faults, 'no nosniff'
            if ($answer->{headers}{'x-content-type-options'} // '') ne 'nosniff';
        push @faults, 'an error page'
            if $status >= 400 && ($answer->{headers}{'content-type'} // '') =~ /html/;
        next if !@faults || @wrong > 20;
        splice @faults, 3;
        push @wrong, join '; ', "$method $url" . substr(defined $text ? " $text" : '', 0, 600),
                                "$status " . substr($answer->{body}, 0, 300), @faults;
    }
    return { n => $n, seen => \%seen, done => \%done,
             wrong => [map { utf8::is_utf8($_) ? $_ : Encode::decode('UTF-8', $_) } @wrong] };
}

my @pids = $server->workers;
my @results = HR::Client::parallel(3, \&drive);
is_deeply([map { $_->{died} // () } @results], [], 'all came to their end');

my ($n, %seen, %done, %good) = (0);
for my $one (@results) {
    $n += $one->{n};
    $seen{$_} += $one->{seen}{$_} for keys %{ $one->{seen} };
    for my $of (keys %{ $one->{done} }) {
        $done{$of} = 1;
        $good{$of} = 1 if $one->{done}{$of}{2};
    }
}
is_deeply([map { @{ $_->{wrong} } } @results], [],
          "$n requests, each answered as described")
    or diag("HR_E2E_SEED=$seed HR_E2E_STATEFUL=$seconds");
diag(sprintf '%d requests; %d of %d operations, %d with success; %s', $n, scalar keys %done,
     scalar @operations, scalar keys %good, join ' ', map { "$_: $seen{$_}" } sort keys %seen)
    if $seconds > 8;

is_deeply([$server->workers], \@pids, 'no worker has died');
is_deeply([$server->sql('PRAGMA integrity_check'), $server->sql('PRAGMA foreign_key_check')],
          [['ok']], 'the database is whole');
$server->log_is_clean('no severe line');
ok($server->stop, 'it ends in order');

done_testing();
