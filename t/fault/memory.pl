# Memory that is not given.
#
# torture: for each kind of request the first allocation fails, then the second, and so
# on up to the last that it makes, on one server, armed anew for each request.
# memory: the same for a sample of them, and then with every allocation from that one on.
#
# The worker lives, the client gets an answer or none, the next request is served, nothing
# is stored by halves, and no block of memory is left: after each failure the blocks in use
# are counted, and a failure after which they grow time and again is a leak.
#
# HR_FAULT_KINDS='docx|zip'   these kinds alone (a pattern)

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
    $run{task} = sql("SELECT id FROM generation_tasks LIMIT 1");
    # kinds that leave rows, and so pages of the engine
    $run{grows} = qr/^(?:edit|account|start|batch|content|backup|login|csv|trail|export_xlsx|zip)$/;
    my $document = $client->get("/api/profiles/$run{profiles}[1]")->{json}{profile};
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
        positions   => $get->('/api/organization/positions?n=#'),
        departments => $get->('/api/catalog/departments?n=#'),
        statistics  => $get->('/api/dashboard/stats?n=#'),
        csv         => $get->('/api/profiles/export?format=csv&n=#'),
        export_xlsx => $get->('/api/profiles/export?format=xlsx&n=#'),
        sessions    => $get->('/api/auth/sessions?n=#'),
        trail       => $get->('/api/admin/audit/export?n=#'),
        copies      => $get->('/api/admin/backups?n=#'),
        health      => $get->('/health?n=#'),
        result      => $get->("/api/generation/$run{task}/result?n=#"),
        events      => $get->("/api/generation/$run{task}/events"),
        compare     => $get->("/api/profiles/$profile/versions/compare?v1=1&v2=1&n=#"),
        content     => sub { $document->{position_title} = 'Память ' . ++$n;
                             $_[0]->put("/api/profiles/$run{profiles}[1]/content",
                                        { profile_data => $document }) },
        backup      => sub { $_[0]->post('/api/admin/backup') },
        batch       => sub { $_[0]->post('/api/generation/batch', { items => [{
                                 department => 'Отдел разработки',
                                 position => 'Программист' }], skip_existing => \0 }) },
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

    fault(nth => $nth, last => $last, pid => $run{worker});
    $client->{timeout} = 5;
    my $answer = $request->($client);
    my ($seen, $failed) = HR::Fault::allocations();
    fault(pid => $run{worker});
    return ($answer, $seen, $failed);
}

# Blocks in use when nothing runs: behind another request, so that this one is over.
sub live {
    my ($client) = @_;

    $client->get('/health/live');
    $client->get('/health/live');
    return (HR::Fault::allocations())[2];
}

# Growth of the blocks in use in each of some failures; what grows every time leaks.
sub leaks {
    my ($request, $client, $nth, $before) = @_;

    my $after = live($client);
    for (1 .. 6) {
        return 0 if $after <= $before;
        $before = $after;
        my ($answer) = torment($request, $client, $nth, $nth);
        return 0 if $answer->{status} == 0;
        $after = live($client);
    }
    return $after > $before;
}

# Numbers of the allocations that fail: a sample, or all.
sub steps_of {
    my ($seen, $want) = @_;

    return (1 .. $seen) if !$want || $seen <= $want;
    my %steps = map { 1 + int(rand $seen) => 1 } 1 .. $want;
    return sort { $a <=> $b } keys %steps;
}

# The most allocations that a request of this kind makes when it is served; the threads of
# a background task may add some.
sub needed {
    my ($request, $client) = @_;

    my $most = 0;
    for (1 .. 3) {
        my (undef, $seen) = torment($request, $client, 1_000_000, 1_000_000);
        $most = $seen if $seen > $most;
    }
    return $most + 10;
}

# What one answer may be.
sub odd {
    my ($answer) = @_;

    return $answer->{status} !~ /\A(?:0|2\d\d|4\d\d|500|503)\z/
           || ($answer->{error} // '') =~ /timeout/;
}

sub afterwards {
    my ($name, $request, $bad) = @_;

    my $answer = eval { $request->($server->client) } // { status => 0, body => $@ };
    push @$bad, "$name afterwards: $answer->{status} $answer->{body}"
        if $answer->{status} !~ /\A(?:200|201|422)\z/;
    my ($now) = $server->workers;
    ok($now == $run{worker}, "$run{name}: $name: the worker lives");
    $run{worker} = $now;
}

# Each account, edit and copy is whole: it stands together with its record.
sub nothing_by_halves {
    my ($name) = @_;

    for (['accounts', 'SELECT count(*) - 1 FROM users', 'user.create'],
         ['tasks', 'SELECT count(*) FROM generation_tasks WHERE batch_id IS NULL',
          'generation.start'],
         ['batches', 'SELECT count(*) FROM generation_batches', 'batch.start']) {
        my ($what, $rows, $action) = @$_;
        is(sql($rows), sql("SELECT count(*) FROM audit_log WHERE action = '$action'"
                           . " AND result = 'ok'"), "$name: $what and their records");
    }
}

sub run_memory {
    my ($scenario, $want, $both) = @_;

    prepare(HR_WORKERS => 1, HR_LLM_DELAY => 0.05);
    load_begin(no_generations => 1);
    load_end();                                     # for the checker: some writes
    my %kinds = kinds($run{profiles}[0]);
    ($run{worker}, $run{name}) = (($server->workers)[0], $scenario);
    my ($times, $failures, %status, @bad, @acknowledged, @leaks) = (0, 0);

    my $only = $ENV{HR_FAULT_KINDS} // '.';
    for my $name (grep { /^(?:$only)$/ || $only eq '.' } sort keys %kinds) {
        my $client = $server->client;
        my $seen = needed($kinds{$name}, $client);
        my $begin = time;
        my $before = live($client);
        for my $nth (steps_of($seen, $want)) {
            for my $last ($nth, $both ? 1_000_000 : ()) {
                my ($answer, undef, $failed) = torment($kinds{$name}, $client, $nth, $last);
                $times++;
                $failures += $failed;
                $status{ $answer->{status} }++;
                push @acknowledged, $edited if $name eq 'edit' && $answer->{status} == 200;
                push @bad, "$name, allocation $nth: $answer->{status} $answer->{body}"
                    . ($answer->{error} // '') if odd($answer);
                last if @bad > 20;
                $client->close if $answer->{status} == 0;
                next if kill 0, $run{worker};
                HR::Server::wait_until(5, sub { $run{dead} = !$server->workers; !$run{dead} });
                push @bad, "$name, allocation $nth: the worker ended";
                ($run{worker}) = $server->workers;
            }
            push @leaks, "$name, allocation $nth"
                if !$both && $name !~ /$run{grows}/ && leaks($kinds{$name}, $client, $nth, $before);
            $before = live($client);
        }
        note(sprintf '%s: %s: %d allocations, %.1f s', $scenario, $name, $seen, time - $begin);
        afterwards($name, $kinds{$name}, \@bad);
    }

    is_deeply(\@bad, [], "$scenario: $times requests, $failures allocations failed");
    is_deeply(\@leaks, [], "$scenario: no block was left");
    note("$scenario: ", join ', ', map { "$_: $status{$_}" } sort keys %status);
    my $log = $server->error_log;
    my $deaths = () = $log =~ /exited (?:with code 1|on signal)/g;
    is($deaths, 0, "$scenario: no worker has ended") or diag($log =~ /^(\/.*\n(?:\/.*\n)+)/m);
    is(lost_of(undef, @acknowledged), 0,
       "$scenario: " . @acknowledged . ' acknowledged edits are there');
    nothing_by_halves($scenario);
    check($scenario, faults => $times, end => 200,
          allowed => [qr/(?:malloc|calloc|posix_memalign|memalign)\(.*failed|\(12: /]);
}

(
    memory  => sub { run_memory('memory', $_[0] * 6, 1) },
    torture => sub { run_memory('torture', 0, 0) },
);
