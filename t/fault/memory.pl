# Memory that is not given: for each kind of request the first allocation fails, then
# the second, and so on until a request needs fewer ("torture"); then the same with
# every allocation from that one on.  The worker lives, the client gets an answer or
# none, the next request is served, and nothing is left.
#
# One thing ends a worker: libarchive 3.6, which writes DOCX, XLSX and ZIP, calls exit(1) when
# a string of its own gets no memory, and follows null pointers.  The next worker takes over.

use strict;
use utf8;
use warnings;

use HR::Client ();
use HR::Fault;
use HR::Server ();
use Test::More;
use Time::HiRes qw( sleep time );

my $edited;             # request id of the last edit

sub kinds {
    my ($profile) = @_;

    my $client = $server->client;
    my $n = 0;
    my $get = sub {
        my ($url, %opt) = @_;
        return sub { $_[0]->get($url =~ s/#/++$n/er, %opt) };
    };
    return (
        me          => $get->('/api/auth/me'),
        list        => $get->('/api/profiles/?page=1&limit=20&search=%D0%BF%D1%80%D0%BE#'),
        profile     => $get->("/api/profiles/$profile?n=#"),
        versions    => $get->("/api/profiles/$profile/versions?n=#"),
        docx        => $get->("/api/profiles/$profile/download/docx"),
        xlsx        => $get->("/api/profiles/$profile/download/xlsx"),
        markdown    => $get->("/api/profiles/$profile/download/md"),
        search      => $get->('/api/organization/search-items?n=#'),
        catalogue   => $get->('/api/catalog/search?q=%D0%BF%D1%80%D0%BE#'),
        dashboard   => $get->('/api/dashboard/stats/activity'),
        audit       => $get->('/api/admin/audit?limit=20&n=#'),
        users       => $get->('/api/users'),
        metrics     => $get->('/metrics'),
        login       => sub { HR::Client->new(port => $server->port)->login('admin',
                                                 HR::Server::PASSWORD()) },
        edit        => sub { $edited = 'fault-memory-' . ++$n;
                             $_[0]->put("/api/profiles/$profile",
                                 { employee_name => "Память $n" },
                                 headers => { 'X-Request-ID' => $edited }) },
        account     => sub { $_[0]->post('/api/users', { username => 'u' . ++$n,
                                 password => 'word-for-memory-test-7', full_name => 'Тест' }) },
        zip         => sub { $_[0]->post('/api/profiles/bulk-download',
                                 { profile_ids => $run{profiles}, format => 'docx' }) },
        bad         => sub { $_[0]->post('/api/generation/start', { department => 5 }) },
        start       => sub { $_[0]->post('/api/generation/start', {
                                 department => 'Отдел разработки',
                                 position => 'Память ' . ++$n }) },
    );
}

# One request with the nth allocation failing (and those up to $last); returns the
# answer, how many allocations were counted and how many failed.
sub torment {
    my ($request, $client, $nth, $last) = @_;

    fault(nth => $nth, last => $last, pid => ($server->workers)[0]);
    $client->{timeout} = 5;
    my $answer = $request->($client);
    my ($seen, $failed) = HR::Fault::allocations();
    fault();
    return ($answer, $seen, $failed);
}

# A number of steps that grows with the rounds: all of them from 40 rounds on.
sub steps_of {
    my ($seen, $rounds) = @_;

    my $want = $rounds >= 40 ? $seen : $rounds * 6;
    return (1 .. $seen) if $seen <= $want;
    my %steps = map { 1 + int(rand $seen) => 1 } 1 .. $want;
    return sort { $a <=> $b } keys %steps;
}

sub memory {
    my ($rounds) = @_;

    prepare(HR_WORKERS => 1, HR_LLM_DELAY => 0.05);
    load_begin(no_generations => 1);
    load_end();                                     # for the checker: some writes
    my %kinds = kinds($run{profiles}[0]);
    my ($worker) = $server->workers;
    my ($times, $failures, %status, @bad, @acknowledged) = (0, 0);
    my $ended = 0;

    for my $name (sort keys %kinds) {
        my $client = $server->client;
        my (undef, $seen) = torment($kinds{$name}, $client, 1_000_000, 1_000_000);
        # the threads of a background task count too: some more than it needs
        for my $nth (steps_of($seen + 10, $rounds)) {
            for my $last ($nth, 1_000_000) {
                my ($answer, undef, $failed) = torment($kinds{$name}, $client, $nth, $last);
                $times++;
                $failures += $failed;
                $status{ $answer->{status} }++;
                push @acknowledged, $edited if $name eq 'edit' && $answer->{status} == 200;
                push @bad, "$name, allocation $nth: $answer->{status} $answer->{body}"
                    . ($answer->{error} // '')
                    if $answer->{status} !~ /\A(?:0|2\d\d|4\d\d|500|503)\z/
                       || ($answer->{error} // '') =~ /timeout/;
                last if @bad > 20;
                $client->close if $answer->{status} == 0;
                HR::Server::wait_until(5, sub { $server->workers });
            }
        }
        my $after = $kinds{$name}->($server->client);
        push @bad, "$name afterwards: $after->{status} $after->{body}"
            if $after->{status} !~ /\A(?:200|422)\z/;
        my ($now) = $server->workers;
        $ended += my $left = $now != $worker;
        $worker = $now;
        ok(!$left || $name =~ /docx|xlsx|zip/, "memory: $name: the worker lives");
    }

    is_deeply(\@bad, [], "memory: $times requests, $failures allocations failed");
    note('memory: ', join ', ', map { "$_: $status{$_}" } sort keys %status);
    note("memory: libarchive ended a worker $ended times");
    my $log = $server->error_log;
    my $deaths = () = $log =~ /exited (?:with code 1|on signal)/g;
    my $said = () = $log =~ m{Fatal[ ]Internal[ ]Error[ ]in[ ]libarchive
                              |shim\.so\S+\n\S+libc\.so\S+\n\S+libarchive\.so}gx;
    is($deaths, $said, 'memory: nothing else ended one') or diag($log =~ /^(\/.*\n(?:\/.*\n)+)/m);
    is(lost_of(undef, @acknowledged), 0,
       'memory: ' . @acknowledged . ' acknowledged edits are there');
    check('memory', faults => $times,
          allowed => [qr/(?:malloc|calloc|posix_memalign|memalign)\(.*failed|\(12: /,
                      qr/exited on signal 11/]);          # counted above
}

(memory => \&memory);
