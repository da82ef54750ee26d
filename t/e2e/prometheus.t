# A real Prometheus scrapes a run: the target is up, every expression of the dashboard and of
# the alert rules is understood, what must have data has, and nothing fires while all is well.
# HR_SCREENSHOTS names a folder for a picture of the dashboard.

use strict;
use warnings;
use utf8;

use lib 't/lib';
use Cwd qw( getcwd );
use File::Temp qw( tempdir );
use HR::Client ();
use HR::Dashboard ();
use HR::Server ();
use IO::Socket::INET ();
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw( sleep time );

my ($program) = grep { -x } map { "$_/prometheus" } split /:/, $ENV{PATH};
my ($tool)    = grep { -x } map { "$_/promtool" } split /:/, $ENV{PATH};
plan skip_all => 'Prometheus is not installed (apt-get install prometheus)'
    if !$program || !$tool;

my $seconds = $ENV{HR_PROMETHEUS_SECONDS} || 8;     # of load
my $folder  = getcwd() . '/conf/monitoring';

for my $call (['check', 'rules', 'alerts.yml'], ['test', 'rules', 'alerts.test.yml'],
              ['check', 'config', 'prometheus.yml']) {
    my $said = `cd $folder && $tool @$call 2>&1`;
    ok($? == 0, "promtool @$call") or diag($said);
}

my $server = HR::Server->start;
my $client = $server->client;
my $dir    = tempdir('hr-prometheus-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $port   = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)->sockport;

# the configuration as it is, but for what is this run's
open my $in, '<', "$folder/prometheus.yml" or die $!;
my $config = do { local $/; <$in> };
$config =~ s/localhost:8022/'127.0.0.1:' . $server->port/e or die 'no target';
$config =~ s/(?<=_interval: )15s/1s/g;
open my $out, '>', "$dir/prometheus.yml" or die $!;
print {$out} $config;
close $out;
system('cp', "$folder/alerts.yml", $dir) == 0 or die;

my $pid = fork() // die "fork: $!";
if (!$pid) {
    open STDOUT, '>', "$dir/log";
    open STDERR, '>&', \*STDOUT;
    exec $program, "--config.file=$dir/prometheus.yml", "--storage.tsdb.path=$dir/data",
         "--web.listen-address=127.0.0.1:$port", '--log.level=warn' or POSIX::_exit(127);
}
END {
    if ($pid) {
        local $?;
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}

my $prometheus = HR::Client->new(port => $port);
ok(HR::Server::wait_until(20, sub {
    my $answer = eval { $prometheus->get('/api/v1/query?query=up')->{json} } || {};
    return ($answer->{data}{result}[0]{value}[1] // '') eq '1';
}), 'the server is scraped');

# A little of everything

my @positions = @{ $client->get('/api/organization/positions')->{json}{data}{items} };
my $end = time + $seconds;
my $n = 0;
while (time < $end) {
    $client->get($_) for '/api/organization/positions', '/api/profiles/?limit=10', '/api/auth/me',
                         '/api/dashboard/stats', '/api/nothing', '/health';
    my $p = $positions[$n++ % @positions];
    $client->post('/api/generation/start', { department => $p->{business_unit_id},
        position => $p->{position_name}, force => JSON::PP::true }) if $n % 3 == 0;
    $client->post('/api/auth/login', { username => 'admin', password => 'wrong' }) if $n == 5;
    sleep 0.05;
}
sleep 1.5;

# The dashboard

my $board  = HR::Dashboard->new(port => $port, job => 'hr', range => '5s');
my @panels = grep { $_->{kind} ne 'row' } $board->panels($seconds);
is(join("\n", map { @{ $_->{faults} } } @panels), '', 'every expression is understood');
my @empty = map { $_->{title} } grep { !@{ $_->{series} } } @panels;
is_deeply([grep { !/^Errors/ } @empty], [], 'every panel has data');
cmp_ok(scalar @panels, '>=', 30, 'panels: ' . @panels);

if ($ENV{HR_SCREENSHOTS}) {
    require HR::Browser;
    open my $page, '>:encoding(UTF-8)', "$dir/page.html" or die $!;
    print {$page} $board->page($seconds);
    close $page;
    my $browser = HR::Browser->start;
    $browser->look(1224, $ENV{HR_SCREENSHOT_HEIGHT} || 1830, 'dark');
    $browser->open("file://$dir/page.html");
    $browser->screenshot("$ENV{HR_SCREENSHOTS}/dashboard.png");
    $browser->stop;
}

# The rules

my $rules = $prometheus->get('/api/v1/rules')->{json};
my @rules = map { @{ $_->{rules} } } @{ $rules->{data}{groups} || [] };
open my $alerts, '<', "$folder/alerts.yml" or die $!;
my $count = grep { /- alert:/ } <$alerts>;
is(scalar @rules, $count, "rules: $count");
is_deeply([map { "$_->{name}: $_->{lastError}" } grep { ($_->{health} // '') ne 'ok' } @rules], [],
          'each was evaluated');
is_deeply([map { $_->{name} } grep { $_->{state} eq 'firing' } @rules], [],
          'none fires while all is well');

$server->log_is_clean('no alerts');
$server->stop;
ok(HR::Server::wait_until(5, sub {
    my $answer = $prometheus->get('/api/v1/query?query=up')->{json};
    return ($answer->{data}{result}[0]{value}[1] // '') eq '0';
}), 'a server that is down is seen');
done_testing();
