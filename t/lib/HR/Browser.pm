package HR::Browser;

# Headless Chromium through chromedriver (W3C WebDriver), for pages of the server.
#
#   my $browser = HR::Browser->start or plan skip_all => 'chromium is missing';
#   $browser->open("http://localhost:$port/docs");
#   $browser->type('#search', 'profile');
#   is($browser->run('return document.title'), ...);
#   $browser->screenshot('/tmp/page.png');
#
# Elements are named by CSS selectors; click() and type() wait for them a moment.
# Everything ends with the object.

use strict;
use warnings;

use File::Path qw( remove_tree );
use File::Temp qw( tempdir );
use HR::Client ();
use IO::Socket::INET ();
use MIME::Base64 qw( decode_base64 );
use POSIX ();
use Time::HiRes qw( sleep time );

use constant ELEMENT => 'element-6066-11e4-a52e-4f735466cecf';

# Keys as WebDriver writes them.
our %KEY = (Enter => "\x{E007}", Escape => "\x{E00C}", Tab => "\x{E004}",
            Down => "\x{E015}", Up => "\x{E013}", Control => "\x{E009}");

# Returns nothing when there is no chromium or no chromedriver.  %opt: language
sub start {
    my ($class, %opt) = @_;

    my ($chromium) = grep { -x } map { "$_/chromium" } split /:/, $ENV{PATH};
    my ($driver)   = grep { -x } map { "$_/chromedriver" } split /:/, $ENV{PATH};
    return if !$chromium || !$driver;

    my $dir = tempdir('hr-browser-XXXXXX', TMPDIR => 1);
    my $self = bless { owner => $$, dir => $dir, port => _free_port() }, $class;

    $self->{pid} = fork // die "fork: $!\n";
    if ($self->{pid} == 0) {
        setpgrp;
        open STDOUT, '>', "$dir/driver.log";
        open STDERR, '>&', \*STDOUT;
        open STDIN, '<', '/dev/null';
        exec $driver, "--port=$self->{port}" or POSIX::_exit(127);
    }

    $self->{http} = HR::Client->new(port => $self->{port}, timeout => 60);
    my $deadline = time + 20;
    while ($self->{http}->get('/status')->{status} != 200) {
        die "chromedriver does not answer\n" if time > $deadline;
        sleep 0.1;
    }

    $self->{session} = $self->_ask(POST => '/session', { capabilities => { alwaysMatch => {
        'goog:chromeOptions' => { binary => $chromium, args => [
            '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync',
            '--disable-dev-shm-usage', '--hide-scrollbars', '--window-size=1360,900',
            '--lang=' . ($opt{language} // 'en'), "--user-data-dir=$dir/profile",
        ] },
        'goog:loggingPrefs' => { browser => 'ALL' },
    } } })->{sessionId};

    return $self;
}


sub _free_port {
    my $probe = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0,
                                      Proto => 'tcp', Listen => 1)
        or die "no free port: $!\n";
    return $probe->sockport;
}


sub _ask {
    my ($self, $method, $path, $body) = @_;

    $path = "/session/$self->{session}$path" if defined $self->{session};
    my $answer = $self->{http}->request($method, $path,
                                        $method eq 'POST' ? (body => $body // {}) : ());
    my $value = ref $answer->{json} eq 'HASH' ? $answer->{json}{value} : undef;

    die "browser: $method $path: " . (ref $value eq 'HASH' ? $value->{message}
                                      : $answer->{error} // $answer->{body}) . "\n"
        if $answer->{status} != 200;
    return $value;
}


sub open {
    my ($self, $url) = @_;
    return $self->_ask(POST => '/url', { url => $url });
}


# Runs JavaScript in the page and gives what it returns.
sub run {
    my ($self, $script, @arguments) = @_;
    return $self->_ask(POST => '/execute/sync', { script => $script, args => \@arguments });
}


# Waits until the expression is true; gives its value, or dies.
sub wait_for {
    my ($self, $expression, $seconds) = @_;

    my $deadline = time + ($seconds // 10);
    while (1) {
        my $value = $self->run("return ($expression)");
        return $value if $value;
        die "browser: never true: $expression\n" if time > $deadline;
        sleep 0.05;
    }
}


sub _element {
    my ($self, $selector) = @_;

    my $deadline = time + 10;
    while (1) {
        my $element = eval { $self->_ask(POST => '/element', {
            using => 'css selector', value => $selector }) };
        return $element->{ +ELEMENT } if $element;
        die $@ if time > $deadline;
        sleep 0.05;
    }
}


sub click {
    my ($self, $selector) = @_;
    return $self->_ask(POST => '/element/' . $self->_element($selector) . '/click');
}


# Replaces what stands in a field.
sub type {
    my ($self, $selector, $text) = @_;

    my $element = $self->_element($selector);
    $self->_ask(POST => "/element/$element/clear");
    $self->_ask(POST => "/element/$element/value", { text => $text }) if $text ne '';
}


# Keys to whatever has the focus, by name (%KEY) or as they are; "Control+x" too.
sub press {
    my ($self, @keys) = @_;

    my @actions;
    for my $key (@keys) {
        my @parts = map { $KEY{$_} // $_ } length $key > 1 ? split /\+/, $key : $key;
        push @actions, map { { type => 'keyDown', value => $_ } } @parts;
        push @actions, map { { type => 'keyUp', value => $_ } } reverse @parts;
    }
    $self->_ask(POST => '/actions', { actions => [
        { type => 'key', id => 'keyboard', actions => \@actions } ] });
}


# Size of the page and the colours that the system asks for: light or dark.
sub look {
    my ($self, $width, $height, $scheme) = @_;

    $self->_command('Emulation.setDeviceMetricsOverride', {
        width => $width, height => $height, deviceScaleFactor => 1, mobile => \0 });
    $self->_command('Emulation.setEmulatedMedia', { features => [
        { name => 'prefers-color-scheme', value => $scheme } ] });
}


sub _command {
    my ($self, $name, $parameters) = @_;
    return $self->_ask(POST => '/goog/cdp/execute', { cmd => $name, params => $parameters });
}


sub screenshot {
    my ($self, $path) = @_;

    CORE::open my $out, '>:raw', $path or die "$path: $!\n";
    print {$out} decode_base64($self->_ask(GET => '/screenshot'));
    close $out or die "$path: $!\n";
}


# What the page has written to the console since the last call, one text a line.
sub console {
    my ($self) = @_;
    return map { "$_->{level} $_->{message}" }
           @{ $self->_ask(POST => '/se/log', { type => 'browser' }) };
}


sub stop {
    my ($self) = @_;

    return if !$self->{pid};
    eval { $self->_ask(DELETE => '') } if defined $self->{session};
    delete $self->{session};

    # its own group: the browser goes with its driver
    kill TERM => -$self->{pid};
    my $deadline = time + 5;
    while (waitpid($self->{pid}, POSIX::WNOHANG()) == 0) {
        kill KILL => -$self->{pid} if time > $deadline;
        sleep 0.05;
    }
    delete $self->{pid};
    remove_tree($self->{dir});
}


sub DESTROY {
    my ($self) = @_;

    local ($?, $@);
    $self->stop if $self->{owner} == $$;
}

1;
