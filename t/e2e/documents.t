# The commands of the README, the API guide and the migration guide, as they stand: each block
# in one shell, from top to bottom; what a page shows below a block is what comes out.
# (Those of docs/operations.md are run by t/package/try, in a fresh Debian.)

use strict;
use warnings;
use utf8;

use lib 't/lib';
use Cwd qw( getcwd );
use Encode qw( decode_utf8 encode_utf8 );
use File::Temp qw( tempdir );
use HR::Server ();
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw( output failure_output );

grep { -x "$_/jq" } split /:/, $ENV{PATH} or plan skip_all => 'jq is not installed';

my $dir = tempdir('hr-documents-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;

sub slurp {
    my ($path) = @_;

    open my $in, '<:encoding(UTF-8)', $path or die "$path: $!\n";
    local $/;
    return scalar readline $in;
}

# The blocks of a page: [commands, what is shown below, line]
sub blocks {
    my ($page, $only) = @_;

    my @blocks;
    my $text = slurp($page);
    while ($text =~ /^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/msg) {
        push @blocks, [$1, $2, 1 + (substr($text, 0, $-[0]) =~ tr/\n//)];
    }
    return $only ? grep { $_->[0] =~ $only } @blocks : @blocks;
}

# Runs them in one shell; a test for each.
sub run_blocks {
    my ($page, $env, @blocks) = @_;

    my $mark = '=== end of a block ===';
    my $script = "shopt -s expand_aliases\n";
    $script .= "$_->[0]\nprintf '\\n%s %s\\n' '$mark' \$?\n" for @blocks;
    open my $out, '>:encoding(UTF-8)', "$dir/script" or die $!;
    print {$out} $script;
    close $out;

    local @ENV{ keys %$env } = values %$env;
    my $all = decode_utf8(qx(timeout 100 bash '$dir/script' 2>'$dir/errors'));
    my @said = split /^\Q$mark\E (\d+)\n/m, $all;

    for my $block (@blocks) {
        my ($text, $code) = (shift @said // '', shift @said // 'none');
        my $ok = $code eq '0';
        my $want = $block->[1];
        if ($ok && defined $want) {
            my $pattern = join '.*?', map { quotemeta } split /…/, $want, -1;
            $ok = $text =~ /\A(?:.*\n)*?$pattern(?:.*\n)*\z/s;
        }
        ok($ok, "$page line $block->[2]")
            or diag("exit code $code\n$block->[0]\nprinted:\n$text"
                    . (defined $want ? "expected:\n$want" : '') . slurp("$dir/errors"));
    }
}

my $server = HR::Server->start(HR_LLM_DELAY => 0.2);
my %env = (BASE => 'http://127.0.0.1:' . $server->port, PASSWORD => HR::Server::PASSWORD);

run_blocks('docs/api.md', \%env, blocks('docs/api.md'));
$server->log_is_clean('no alerts');
$server->stop;

# README: with the demo's company

my $demo = HR::Server->start(HR_DATA => '', HR_LLM_DELAY => 0.2);
%env = (BASE => 'http://127.0.0.1:' . $demo->port, PASSWORD => HR::Server::PASSWORD);
my @readme = blocks('README.md', qr/\$BASE|hrctl/);
$_->[0] =~ s/^(?:BASE|PASSWORD)=.*\n//mg for @readme;
run_blocks('README.md', \%env, @readme);
$demo->log_is_clean('no alerts');
$demo->stop;

# Migration: a database of the old service, copied, started, given back

my $page = 'docs/migration.md';
my ($before, $after) = split /^<!-- start -->\n/m, slurp($page);
my $lines = 1 + ($before =~ tr/\n//);
my @blocks = blocks($page);
my @first  = grep { $_->[2] < $lines } @blocks;
my @then   = grep { $_->[2] >= $lines } @blocks;
my @back   = grep { $_->[0] =~ /journal_mode/ } @then;
@then = grep { $_->[0] !~ /journal_mode/ } @then;

system("sqlite3 '$dir/old.db' < t/data/old-service.sql") == 0 or die 'no old database';
my $new = HR::Server->start;
$new->stop;
unlink glob "$new->{home}/profiles.db*";
unlink "$new->{home}/logs/error.log";
%env = (OLD => "$dir/old.db", NEW => "$new->{home}/profiles.db",
        LOG => "$new->{home}/logs/error.log");
local $ENV{PATH} = getcwd() . "/build:$ENV{PATH}";
run_blocks($page, \%env, @first);
$new->up;
run_blocks($page, \%env, $first[0], @then);
is($new->client(login => 0)->login('admin', 'admin123')->{status}, 200,
   'an account of the old service logs in');
$new->log_is_clean('no alerts');
$new->stop;
run_blocks($page, \%env, $first[0], @back);
is(qx(sqlite3 '$new->{home}/profiles.db' 'SELECT count(*) FROM profiles'),
   qx(sqlite3 '$dir/old.db' 'SELECT count(*) FROM profiles'),
   'and the old service would find every profile');

done_testing();
