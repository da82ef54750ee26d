package Test::Nginx::Socket;

# A runner for data-driven nginx tests: the same test files run under it and
# under the Test::Nginx of CPAN.  t/README.md describes the sections; the parts
# of the runner are in Test::Nginx::Runner::*.
#
# Beyond the original it fails on alerts, crashes, processes left behind and
# sanitizer reports that a block does not expect, and gives every test file a
# port and a server root of its own.

use Test::Base -Base;

use Carp qw( croak );
use Test::Nginx::Runner::Check ();
use Test::Nginx::Runner::Run ();
use Test::Nginx::Runner::Settings qw( %set );

our $VERSION = '0.32';

our @EXPORT = qw(
    run_tests run_test plan is_str bail_out
    repeat_each no_shuffle no_long_string no_root_location
    master_on master_off master_process_enabled workers worker_connections
    log_level timeout env_to_nginx config_preamble check_accum_error_log
    server_name server_addr server_port server_port_for_client
    server_root html_dir no_nginx_manager use_hup
    add_block_preprocessor add_response_body_check
    add_cleanup_handler add_test_cleanup_handler
);

# Reads or sets one setting.
sub _setting (@) {
    my $key = shift;

    $set{$key} = shift if @_;
    return $set{$key};
}

sub repeat_each (@) {
    return $set{repeat_each} if $set{check_leak};
    return _setting('repeat_each', @_);
}

sub timeout (@)            { return _setting('timeout', @_) }
sub workers (@)            { return _setting('workers', @_) }
sub worker_connections (@) { return _setting('worker_connections', @_) }
sub log_level (@)          { return _setting('log_level', @_) }
sub server_name (@)        { return _setting('server_name', @_) }
sub server_addr (@)        { return _setting('addr', @_) }
sub server_port (@)        { return _setting('port', @_) }
sub config_preamble ($)    { return _setting('preamble', @_) }

sub server_port_for_client (@) { return _setting('client_port', @_) }

sub server_root ()            { return $set{root} }
sub html_dir ()               { return $set{html} }
sub no_shuffle ()             { $set{shuffle} = 0 }
sub no_long_string ()         { $set{long_string} = 0 }
sub no_root_location ()       { $set{root_location} = 0 }
sub no_nginx_manager ()       { $set{manager} = 0 }
sub check_accum_error_log ()  { $set{accum_error_log} = 1 }

# The leak check watches a single process that is never reloaded.
sub use_hup ()    { $set{use_hup} = !$set{check_leak} }
sub master_on ()  { $set{master} = !$set{check_leak} }
sub master_off () { $set{master} = 0 }

sub master_process_enabled (@) {
    if (@_) {
        return $_[0] ? master_on() : master_off();
    }

    return $set{master} ? 'on' : 'off';
}

# Variables of the environment that nginx keeps: "NAME" or "NAME=value".
sub env_to_nginx (@) {
    croak 'env_to_nginx: no arguments' if !@_;

    for my $variable (@_) {
        croak "env_to_nginx: bad argument: $variable"
            if $variable !~ /\A[A-Za-z_]/ || $variable =~ /\n/;
        push @{ $set{env} }, $variable;
    }
}

# The last one added runs first, so that a file's own comes before a library's.
sub add_block_preprocessor (&) {
    unshift @{ $Test::Nginx::Runner::Run::hooks{preprocess} }, shift;
}

# Called with (block, body, index of the request, repetition, 0).
sub add_response_body_check ($) {
    push @{ $Test::Nginx::Runner::Run::hooks{body} }, shift;
}

sub add_cleanup_handler ($) {
    unshift @{ $Test::Nginx::Runner::Run::hooks{cleanup} }, shift;
}

sub add_test_cleanup_handler ($) {
    unshift @{ $Test::Nginx::Runner::Run::hooks{after_block} }, shift;
}

sub is_str (@) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return Test::Nginx::Runner::Check::is_text(@_);
}

sub bail_out (@) {
    Test::Nginx::Runner::Run::clean_up();
    Test::More::BAIL_OUT(join '', @_);
}

# Where the code of sections runs.
{
    no strict 'refs';
    *{"Test::Nginx::Util::$_"} = \&{$_} for @EXPORT;
}

sub run_test ($) { Test::Nginx::Runner::Run::run_block(shift) }

sub run_tests () {
    Test::Nginx::Runner::Run::run_blocks(Test::Base::blocks());
}

1;
