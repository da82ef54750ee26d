# Proof that the runner fails when it must: files of t/data/runner run in a
# child, with the exit code and the words that are expected of them.  They are not
# called .t, so that "prove -r t" does not take them for tests.

use strict;
use warnings;

use Cwd qw( getcwd );
use File::Basename qw( basename );
use File::Path qw( remove_tree );
use Test::More;

plan skip_all => 'about our own runner' if $ENV{TEST_NGINX_UPSTREAM};

# file => [passes, text that the output must have]
my %EXPECT = (
    passes         => [1, qr/ok 2 - \S+ TEST 1: all is well - response_body/],
    crit_expected  => [1, qr/matches a line in error\.log/],
    plan           => [1, qr/^1\.\.10$/m],
    only           => [1, qr/^1\.\.1$/m],
    last           => [1, qr/^1\.\.1$/m],
    same_config    => [1, qr/^1\.\.8$/m],

    wrong_body     => [0, qr/got: "hello\\x\{0a\}".*expected: "goodbye/s],
    wrong_status   => [0, qr/got: '403'\s+#\s+expected: '200'/],
    missing_line   => [0, qr/should match a line in error\.log/],
    crit_line      => [0, qr/no unexpected alert.*\[crit\] .*client_body_temp/s],
    worker_dies    => [0, qr/no unexpected alert.*\[alert\] .*exited on signal 9/s],
    sanitizer_line => [0, qr/no unexpected alert.*AddressSanitizer/s],
    no_start       => [0, qr/nginx\ starts'.*ended\ with\ exit\ code\ 1
                            .*\[emerg\]\ unknown\ directive\ "no_such_directive"
                            .*\d\ \ no_such_directive/xs],
    does_not_die   => [0, qr/die as expected'.*nginx started/s],
    bad_spec       => [0, qr/block can run'.*response_body must be an array/s],
    server_dies    => [0, qr/nginx lives'.*ended with signal 11/s],
    timeout        => [0, qr/client socket timed out/],
);

# Roots of failed files would be left for a look.
my $top = getcwd;

sub run_file {
    my ($file) = @_;

    my $output = `$^X -It/lib t/data/runner/$file.blocks 2>&1`;
    my $status = $?;
    remove_tree(glob "$top/t/servroot_${file}.blocks_*");
    return ($status, $output);
}

for my $file (sort keys %EXPECT) {
    my ($passes, $text) = @{ $EXPECT{$file} };
    my ($status, $output) = run_file($file);

    ok($passes ? $status == 0 : $status != 0,
       "$file " . ($passes ? 'passes' : 'fails')) or diag($output);
    like($output, $text, "$file says so");
}

is_deeply([map { basename($_, '.blocks') } sort glob 't/data/runner/*.blocks'],
          [sort keys %EXPECT], 'every file was run');

{
    local $ENV{PERL5LIB} = 't/lib';
    my $output = `prove --norc -e $^X t/data/runner/wrong_body.blocks 2>&1`;
    isnt($?, 0, 'prove fails too');
    like($output, qr/Failed test:  2/, 'prove names the test');
    remove_tree(glob "$top/t/servroot_wrong_body.blocks_*");
}

done_testing();
