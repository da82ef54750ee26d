package Bench::Ratios;

# Warm answers against nginx itself serving the same bytes: each case against its own
# ceiling ("return 200", a static file with open_file_cache, gzip_static, nginx's own
# 304), interleaved, as wrk sees them; with --http2 both over HTTP/2, as h2load sees them.

use strict;
use warnings;

use Bench::Server ();
use Bench::Table ();

# name, path, extra headers of the request, kind of the ceiling
sub cases {
    my ($profile) = @_;

    return (
        { name => 'health', path => '/health', kind => 'return' },
        { name => 'me', path => '/api/auth/me', kind => 'return' },
        { name => 'dashboard', path => '/api/dashboard/stats', kind => 'return' },
        { name => 'positions', path => '/api/organization/positions', kind => 'static' },
        { name => 'positions-gzip', path => '/api/organization/positions', kind => 'gzip_static',
          headers => ['Accept-Encoding: gzip'] },
        { name => 'departments', path => '/api/catalog/departments', kind => 'static' },
        { name => 'tree', path => '/api/organization/structure', kind => 'static' },
        { name => 'search', path => '/api/catalog/search?q=%D0%BE%D1%82%D0%B4', kind => 'static' },
        { name => 'positions-304', path => '/api/organization/positions', kind => '304' },
        { name => 'profile', path => "/api/profiles/$profile", kind => 'static' },
        { name => 'profile-304', path => "/api/profiles/$profile", kind => '304' },
        { name => 'list', path => '/api/profiles/?limit=20', kind => 'static' },
        { name => 'md', path => "/api/profiles/$profile/download/md", kind => 'static' },
        { name => 'docx', path => "/api/profiles/$profile/download/docx", kind => 'static' },
    );
}


sub run {
    my ($server, $opt, @wanted) = @_;

    $server->start(HR_WORKERS => $opt->{workers});
    my ($profile) = $server->documents(1);
    my @cases = cases($profile);
    if (@wanted) {
        my %wanted = map { $_ => 1 } @wanted;
        @cases = grep { $wanted{ $_->{name} } } @cases;
    }
    die "bench: no such case\n" if !@cases;

    my $ceiling = start_ceilings($server, $opt, @cases);
    my $module = $opt->{http2} ? $server->listen_http2 : $server->url;
    measure($server, $opt, $module, $ceiling, @cases);
    stop_ceilings();
    $server->stop;
    report($opt, @cases);
}


sub curl {
    my (@args) = @_;

    open my $pipe, '-|', 'curl', '-sS', '-m', 30, @args or die "bench: curl: $!\n";
    my $text = do { local $/; <$pipe> };
    close $pipe;
    return $text;
}


# The same bytes from nginx itself; returns where.
my $running;                    # the file of its process id

sub start_ceilings {
    my ($server, $opt, @cases) = @_;

    my $dir = $server->{dir};
    mkdir "$dir/$_" for qw( static plain plain/logs );
    my $locations = '';
    my ($port, $http1) = (Bench::Server::free_port(), Bench::Server::free_port());
    my $http2 = $opt->{http2} ? 'http2' : '';

    for my $case (@cases) {
        my @headers = map { ('-H', $_) } $server->auth, @{ $case->{headers} || [] };
        my $head = curl('-D', '-', '-o', "$dir/body", @headers, $server->url . $case->{path});
        die "bench: $case->{name}: $head\n" if $head !~ m{^HTTP/1\.1 200};
        ($case->{etag}) = $head =~ /^ETag: *(\S+)/mi;
        open my $f, '<:raw', "$dir/body" or die $!;
        my $body = do { local $/; <$f> };
        $case->{bytes} = length $body;

        if ($case->{kind} eq 'return') {
            (my $quoted = $body) =~ s/(['\\])/\\$1/g;
            $quoted =~ s/\$/D/g;
            $locations .= "location = /$case->{name} { default_type application/json;"
                          . " return 200 '$quoted'; }\n";
        } else {
            for my $name ($case->{kind} eq 'gzip_static' ? ('', '.gz') : '') {
                open my $out, '>:raw', "$dir/static/$case->{name}$name" or die $!;
                print $out $body;
                close $out;
            }
        }
    }

    open my $conf, '>:raw', "$dir/plain/nginx.conf" or die $!;
    my $user = $> == 0 ? 'user www-data;' : '';
    print $conf <<"EOT";
$user
worker_processes $opt->{workers};
pid $dir/plain/nginx.pid;
error_log $dir/plain/logs/error.log;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_timeout 65;
    keepalive_requests 100000;
    open_file_cache max=1000 inactive=1h;
    sendfile on;
    default_type application/json;
    server {
        listen 127.0.0.1:$port $http2;
        listen 127.0.0.1:$http1;
        root $dir/static;
        gzip_static on;
        $locations
    }
}
EOT
    close $conf;
    $running = "$dir/plain/nginx.pid";
    system("nginx -p $dir/plain -c $dir/plain/nginx.conf -e $dir/plain/logs/error.log") == 0
        or die "bench: the ceiling does not start\n";

    for my $case (grep { $_->{kind} eq '304' } @cases) {
        my $head = curl('-D', '-', '-o', '/dev/null', "http://127.0.0.1:$http1/$case->{name}");
        ($case->{ceiling_etag}) = $head =~ /^ETag: *(\S+)/mi;
    }
    return "http://127.0.0.1:$port";
}


# Also when the run is broken off.
sub stop_ceilings {
    return if !defined $running;
    open my $f, '<', $running or return;
    chomp(my $pid = <$f>);
    kill QUIT => $pid;
    undef $running;
}

END { local $?; stop_ceilings() }


# Requests a second.
sub load {
    my ($opt, $target, @headers) = @_;

    my @command = $opt->{http2}
        ? ('h2load', '-t1', '-m4', "-D$opt->{seconds}", '--warm-up-time=0')
        : ('wrk', '-t1', "-d$opt->{seconds}s");
    push @command, "-c$opt->{connections}", (map { ('-H', $_) } @headers), $target;
    open my $pipe, '-|', @command or die "bench: $command[0]: $!\n";
    my $out = do { local $/; <$pipe> };
    close $pipe;
    my ($rate) = $out =~ m{Requests/sec:\s+([\d.]+)|^finished in [^,]+, ([\d.]+) req/s}m
        ? $1 // $2 : die "bench: $target: no rate\n$out";
    die "bench: $target: errors\n$out"
        if $out =~ /Non-2xx or 3xx responses|[1-9]\d* (?:failed|errored|4xx|5xx)/;
    return $rate;
}


sub measure {
    my ($server, $opt, $module, $ceiling, @cases) = @_;

    for my $round (1 .. $opt->{rounds}) {
        for my $case (@cases) {
            my @headers = @{ $case->{headers} || [] };
            my @own = @headers;
            if ($case->{kind} eq '304') {
                push @own, "If-None-Match: $case->{etag}";
                @headers = ("If-None-Match: $case->{ceiling_etag}");
            }
            push @{ $case->{ceiling} },
                load($opt, "$ceiling/$case->{name}", $server->auth, @headers);
            push @{ $case->{module} }, load($opt, $module . $case->{path}, $server->auth, @own);
        }
        print STDERR "round $round of $opt->{rounds}\n";
    }
}


sub report {
    my ($opt, @cases) = @_;

    my @rows;
    for my $case (@cases) {
        my @ratio = map { $case->{module}[$_] / $case->{ceiling}[$_] } 0 .. $#{ $case->{module} };
        push @rows, [$case->{name}, $case->{bytes}, $case->{kind},
            sprintf('%.0f', Bench::Table::median(@{ $case->{ceiling} })),
            sprintf('%.0f', Bench::Table::median(@{ $case->{module} })),
            sprintf('%.2f', Bench::Table::median(@ratio)),
            sprintf('%.0f %%', Bench::Table::spread(@ratio))];
    }
    Bench::Table::show($opt, "warm answers" . ($opt->{http2} ? ' over HTTP/2' : '')
        . ": $opt->{rounds} rounds of $opt->{seconds} s, "
        . "$opt->{connections} connections, $opt->{workers} worker(s), interleaved; medians",
        [qw( case bytes ceiling ceiling/s module/s ratio spread )], @rows);
}

1;
