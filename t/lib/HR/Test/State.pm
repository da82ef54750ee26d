package HR::Test::State;

# The state of one block: its files, accounts, tokens and the values that setup
# code hands to requests and expectations.

use strict;
use warnings;

use File::Path qw( make_path remove_tree );
use HR::Client ();
use HR::Test::OpenApi ();
use Time::HiRes qw( sleep time );

my $block;              # the block that runs
my %values;             # {{name}} => text
my %tokens;             # user => token
my $number = 0;         # of the block

# Sections in which {{name}} is replaced.
my @TEMPLATES = qw( request pipelined_requests raw_request more_headers
    response_body response_body_like response_body_unlike response_headers
    response_headers_like error_log no_error_log access_log json db );

use constant SECRET => 'test-secret-that-is-used-nowhere-else-0123456789abcdef';

sub password_of { return "password-of-$_[0]" }

# A folder for each block: in HUP mode the server moves from one to the next.
sub begin {
    my $root;
    ($block, $root) = @_;

    $ENV{TEST_NGINX_HR_STATE} = "$root/hr_temp/" . ++$number;
    %values = ();
    %tokens = ();
}


sub dir { return $ENV{TEST_NGINX_HR_STATE} }


# The demo data, made when they are missing or older than what makes them.
sub demo_data {
    my $top = $ENV{TEST_NGINX_HR_TOP};
    my $dir = "$top/build/demo-data";
    my ($newest) = sort { $a <=> $b } map { -M } "$top/scripts/demo-data",
                                                 glob "$top/scripts/lib/HR/Demo/*.pm";
    return $dir if -f "$dir/structure.json" && -M _ <= $newest;

    # Other files of the suite may want them at the same time.
    my $mine = "$dir.$$";
    make_path("$top/build");
    system("$top/scripts/demo-data '$mine' >'$mine.log' 2>&1") == 0
        or die "scripts/demo-data failed, see $mine.log\n";
    remove_tree($dir);
    rename $mine, $dir or remove_tree($mine);
    unlink "$mine.log";
    return $dir;
}


# Before nginx starts.
sub make_files {
    my $dir = dir();

    make_path($dir);
    _write("$dir/secret", SECRET . "\n", 0600);
    _write("$dir/admin", password_of('admin') . "\n", 0600);

    my ($name, %content);
    for my $line (split /(?<=\n)/, $block->hr_files // '') {
        if ($line =~ /^>>>\s+(\S+)/) {
            $content{ $name = $1 } = '';
        } elsif (defined $name) {
            $content{$name} .= $line;
        }
    }

    for my $file (keys %content) {
        make_path("$dir/$1") if $file =~ m{(.*)/};
        _write("$dir/$file", $content{$file}, 0600);
    }

    my $sql_file = $block->hr_database // return;
    $sql_file =~ s/\s+\z//;
    _sqlite("$dir/profiles.db", ".read $ENV{TEST_NGINX_HR_TOP}/$sql_file");
}


sub _write {
    my ($path, $text, $mode) = @_;

    open my $out, '>:raw', $path or die "$path: $!\n";
    print {$out} $text;
    close $out or die "$path: $!\n";
    chmod $mode, $path or die "$path: $!\n";
}


# Once the server is up.
sub before_requests {
    for my $user (split ' ', $block->users // '') {
        my ($name, $role) = split /:/, $user;
        make_user($name, $role // 'hr');
    }

    sql($block->sql) if defined $block->sql;

    if (defined(my $code = $block->setup)) {
        eval "package main; no strict; $code; 1" or die "setup: $@";
    }

    _log_in();
    _fill_templates();
}


# Adds Authorization to the headers of each request.
sub _log_in {
    my $who = $block->login // return;
    my $many = ref $who eq 'ARRAY';
    my $headers = $block->more_headers;

    if (!$many && ref $headers ne 'ARRAY') {
        $block->set_value(more_headers => _with_token($who, $headers));
        return;
    }

    my @out;
    for my $i (0 .. last_index($block)) {
        push @out, _with_token($many ? $who->[$i] : $who,
                               ref $headers eq 'ARRAY' ? $headers->[$i] : $headers);
    }
    $block->set_value(more_headers => \@out);
}


sub _with_token {
    my ($user, $headers) = @_;

    $headers //= '';
    return $headers if !defined $user;

    $user =~ s/\s+//g;
    $headers .= "\n" if $headers ne '' && $headers !~ /\n\z/;
    return $headers . 'Authorization: Bearer ' . token($user || 'admin') . "\n";
}


sub last_index {
    my ($of) = @_;

    my $list = $of->pipelined_requests // $of->request;
    return ref $list eq 'ARRAY' ? $#$list : 0;
}


# Method and URL of a request; nothing when it is not written as one line of text.
sub request_line {
    my ($of, $index) = @_;

    my $list = $of->pipelined_requests // $of->request // return;
    my $request = ref $list eq 'ARRAY' ? $list->[$index] : $list;
    $request = $request->[0] if ref $request eq 'ARRAY';
    $request = $request->{value} if ref $request eq 'HASH';
    return ($request // '') =~ /\A\s*([A-Z]+)\s+(\/\S*)/;
}


# The token of a user; logs in the first time.
sub token {
    my ($user) = @_;

    return $tokens{$user} //= do {
        my $answer = client()->post('/api/auth/login', {
            username => $user, password => password_of($user),
        });
        $answer->{json}{access_token}
            // die "login of $user: status $answer->{status}: $answer->{body}\n";
    };
}


sub client {
    return HR::Client->new(port => $ENV{TEST_NGINX_SERVER_PORT}, timeout => 30);
}


# api(METHOD => URL, body, user => name).  Dies unless the status is 2xx; returns
# the decoded answer, or its bytes when it is not JSON.
sub api {
    my ($method, $url, $body, %opt) = @_;

    my $user = exists $opt{user} ? $opt{user} : 'admin';
    my %headers = defined $user ? (Authorization => 'Bearer ' . token($user)) : ();
    my $answer = client()->request($method, $url, body => $body,
                                   headers => { %headers, %{ $opt{headers} || {} } });

    die "$method $url: status $answer->{status}: $answer->{body}\n"
        if $answer->{status} !~ /\A2/;

    my @faults = HR::Test::OpenApi::answer_faults($method, $url, $answer->{status},
                                                  $answer->{body});
    die "$method $url: not as docs/openapi says: @faults\n" if @faults;
    return $answer->{json} // $answer->{body};
}


# ask(METHOD => URL, body, user => name | token => text, headers => {...}): the whole
# answer of HR::Client, whatever its status, on a connection of its own.
sub ask {
    my ($method, $url, $body, %opt) = @_;

    my $token = defined $opt{user} ? token($opt{user}) : $opt{token};
    my %headers = defined $token ? (Authorization => "Bearer $token") : ();
    my $answer = client()->request($method, $url, body => $body,
                                   headers => { %headers, %{ $opt{headers} || {} } });
    HR::Test::OpenApi::noted($method, $url, $answer->{status});
    return $answer;
}


# set(name => value, ...): what {{name}} stands for.
sub set {
    my (%new) = @_;
    @values{ keys %new } = values %new;
}


sub _fill_templates {
    $values{"token_$_"} = $tokens{$_} for keys %tokens;
    $values{token} = $tokens{admin} if $tokens{admin};

    for my $section (@TEMPLATES) {
        my $value = $block->$section;
        $block->set_value($section, _fill($value)) if defined $value;
    }
}


sub _fill {
    my ($value) = @_;

    return [map { _fill($_) } @$value] if ref $value eq 'ARRAY';
    return { map { $_ => _fill($value->{$_}) } keys %$value } if ref $value eq 'HASH';
    return $value if !defined $value || ref $value;

    $value =~ s[\{\{(\w+)\}\}][ $values{$1} // die "no value for {{$1}}\n" ]ge;
    return $value;
}


# An account with the password password_of(name).
sub make_user {
    my ($name, $role) = @_;

    # The low cost keeps logins fast; the salt must be of the right length only.
    my $hash = crypt(password_of($name), '$2b$04$' . 'testsaltTESTSALTtest.u');
    sql("INSERT INTO users (username, password_hash, full_name, is_active, role)"
        . " VALUES ('$name', '$hash', 'Тест $name', 1, '$role')");
}


# Runs SQL on the block's database; returns what it prints, without the last newline.
sub sql {
    my ($text) = @_;
    return _sqlite(dir() . '/profiles.db', $text);
}


sub _sqlite {
    my ($path, $text) = @_;

    my $pid = open(my $out, '-|') // die "fork: $!\n";
    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec 'sqlite3', '-batch', '-bail', '-cmd', '.timeout 10000', $path, $text;
        exit 127;
    }

    my $printed = do { local $/; <$out> } // '';
    close $out or die "sqlite3: $text\n$printed\n";
    $printed =~ s/\n\z//;
    return $printed;
}


# Waits a moment for a value that a worker may still be writing.
sub sql_until {
    my ($query, $want) = @_;

    my $deadline = time + 3;
    while (1) {
        my $got = sql($query);
        return $got if $got eq $want || time > $deadline;
        sleep 0.05;
    }
}

1;
