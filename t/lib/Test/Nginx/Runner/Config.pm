package Test::Nginx::Runner::Config;

# The server root of a block: nginx.conf, html files, the variables in them.

use strict;
use warnings;

use Exporter qw( import );
use File::Path qw( make_path remove_tree );
use Test::Nginx::Runner::Settings qw( %set reserve_port );

our @EXPORT_OK = qw( expand config_text make_root write_user_files write_file );

# Replaces $TEST_NGINX_NAME by the environment's value and
# $TEST_NGINX_RAND_PORT_n by a free port that is the same throughout a block
# ($ports: {name => port}).  Anything but a string is returned as it is.
sub expand {
    my ($text, $ports) = @_;

    return $text if !defined $text || ref $text;

    $text =~ s{\$(TEST_NGINX_[_A-Z0-9]+)}{ _value($1, $ports) }eg;
    return $text;
}


sub _value {
    my ($name, $ports) = @_;

    if ($name =~ /\ATEST_NGINX_RAND_PORT_\d+\z/) {
        return $ports->{$name} //= reserve_port()
               // die "no free port for \$$name\n";
    }

    return $ENV{$name} // die "the environment has no $name\n";
}


# $use: {config, version, ports}; version marks the configuration in HUP mode.
# Returns the text of nginx.conf.
sub config_text {
    my ($block, $use) = @_;

    my $ports = $use->{ports};
    my %part  = map { $_ => expand(scalar $block->$_, $ports) // '' }
                qw( main_config http_config post_main_config );

    return join '', _main_part($block, $part{main_config}, $ports),
                    _events_part(),
                    "http {\n", _http_part($part{http_config}),
                    _server_part($block, $use->{config}),
                    defined $use->{version} ? _version_part($use->{version}) : '',
                    "}\n\n$part{post_main_config}\n";
}


sub _main_part {
    my ($block, $main_config, $ports) = @_;

    my $log   = expand(scalar $block->error_log_file, $ports) || $set{error_log};
    my $level = $block->log_level || $set{log_level};

    my $text = join '', map { "load_module $_;\n" } split ' ', $set{load_modules};

    $text .= "worker_processes $set{workers};\n"
           . "daemon off;\n"
           . 'master_process ' . ($set{master} ? 'on' : 'off') . ";\n"
           . "pid $set{pid_file};\n"
           . "error_log $log $level;\n";

    my $user = $set{worker_user} // ($> == 0 ? 'root' : undef);
    $text .= "user $user;\n" if defined $user;

    for my $env (qw( LD_PRELOAD LD_LIBRARY_PATH ASAN_OPTIONS UBSAN_OPTIONS
                     MOCKEAGAIN MOCKEAGAIN_VERBOSE ), @{ $set{env} })
    {
        $text .= $env =~ /\s/ ? "env '$env';\n" : "env $env;\n";
    }

    return "$text\n$main_config\n";
}


sub _events_part {
    my $use = $set{event_type} ? "    use $set{event_type};\n" : '';

    return <<"EOT";
events {
    accept_mutex off;
    worker_connections $set{worker_connections};
$use}

EOT
}


sub _http_part {
    my ($http_config) = @_;

    my $access = $set{check_leak} ? 'off' : $set{access_log};
    my $text   = "    access_log $access;\n";

    for my $name (qw( client_body proxy fastcgi scgi uwsgi )) {
        next if $http_config =~ /\b${name}_temp_path\b/;
        next if nginx_info() =~ /--without-http_${name}_module/;
        $text .= "    ${name}_temp_path $set{root}/${name}_temp;\n";
    }

    $text .= "    default_type text/plain;\n    keepalive_timeout 68s;\n";

    if (defined $set{postpone_output} && $http_config !~ /\bpostpone_output\b/) {
        $text .= "    postpone_output $set{postpone_output};\n";
    }

    return "$text\n$http_config\n";
}


sub _server_part {
    my ($block, $config) = @_;

    my $name = $block->server_name // $set{server_name};
    $name =~ s/([\\'])/\\$1/g;

    my $root = !$set{root_location} ? '' : <<"EOT";

        location / {
            root $set{html};
            index index.html index.htm;
        }
EOT

    return <<"EOT";
    server {
        listen $set{addr}:$set{port};
        server_name '$name';
        client_max_body_size 30m;
$set{preamble}
$config
$root    }
EOT
}


# In HUP mode a second server tells which configuration answers.
sub _version_part {
    my ($version) = @_;

    return <<"EOT";
    server {
        listen $set{addr}:$set{port};
        server_name Test-Nginx;
        access_log off;
        location = /ver { return 200 '$version'; }
    }
EOT
}


my $info;

# The output of nginx -V.
sub nginx_info {
    return $info if defined $info;

    $info = `$set{binary} -V 2>&1`;
    if ($? != 0 || !defined $info) {
        die "cannot run \"$set{binary} -V\": " . ($info || $!) . "\n";
    }

    return $info;
}


# "1.22.1" as a number that compares like the version.
sub version_number {
    my ($text) = @_;

    my @part = $text =~ /(\d+)\.(\d+)\.(\d+)([a-z]?)/
        or die "not a version: \"$text\"\n";
    return (($part[0] * 1000 + $part[1]) * 1000 + $part[2]) * 100
           + ($part[3] eq '' ? 0 : ord($part[3]) - ord('a') + 1);
}


sub nginx_version   { return version_number(nginx_info() =~ m{nginx/(\S+)}) }
sub openssl_version {
    return nginx_info() =~ /built with OpenSSL (\S+)/ ? version_number($1) : undef;
}


# Empties the server root.  keep: HUP mode, where the server lives on and its
# state (everything but conf and html) stays.
sub make_root {
    my (%opt) = @_;

    if (-d $set{root} && !$opt{keep}) {
        _check_is_ours();
        remove_tree($set{root}, { keep_root => 1 });
    }

    remove_tree("$set{root}/html", "$set{root}/conf");
    make_path(map { "$set{root}/$_" } qw( logs html conf ));
    write_file("$set{root}/.servroot", "$$\n");
    write_file("$set{html}/index.html",
               '<html><head><title>It works!</title></head>'
               . '<body>It works!</body></html>');
}


# TEST_NGINX_SERVROOT set by mistake to a folder of the user must not cost data.
sub _check_is_ours {
    return if -e "$set{root}/.servroot";

    opendir my $dir, $set{root} or die "cannot read $set{root}: $!\n";
    my @alien = grep { !/\A(?:\.\.?|conf|html|logs|cache|\w+_(?:temp|cache))\z/ }
                readdir $dir;
    die "$set{root} holds \"$alien[0]\" and is no server root; not emptied\n"
        if @alien;
}


# user_files: ">>> name [touch -t date]" followed by the content, or an array of
# [name, content, date].  Names are relative to the html folder.
sub write_user_files {
    my ($block, $ports) = @_;

    my $files = $block->user_files;
    return if !defined $files || $files eq '';

    $files = _split_user_files($files) if !ref $files;
    die "user_files must be text or an array\n" if ref $files ne 'ARRAY';

    for my $file (@$files) {
        my ($name, $body, $date) = @$file;
        my $path = $name =~ m{\A/} ? $name : "$set{html}/$name";

        make_path($1) if $path =~ m{\A(.*)/};
        write_file($path, expand($body // '', $ports));

        if ($date) {
            local $ENV{TZ} = 'GMT';
            system('touch', '-t', $date, $path) == 0
                or die "touch -t $date $path failed\n";
        }
    }
}


sub _split_user_files {
    my ($text) = @_;

    my @files;
    for my $line ($text =~ /^.*\n?/mg) {
        if ($line =~ /\A>>>\s+(\S+)(?:\s+(\S+))?/) {
            push @files, [$1, '', $2];

        } elsif (@files) {
            $files[-1][1] .= $line;
        }
    }

    return \@files;
}


sub write_file {
    my ($path, $text) = @_;

    open my $out, '>:raw', $path or die "cannot write $path: $!\n";
    print {$out} $text;
    close $out or die "cannot write $path: $!\n";
}

1;
