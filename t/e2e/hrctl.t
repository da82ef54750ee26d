# hrctl against the real server: every command, what it prints, its exit code, and what it
# leaves behind.

use strict;
use warnings;
use utf8;

use lib 't/lib';
use Cwd qw( getcwd );
use Encode qw( decode_utf8 encode_utf8 );
use File::Temp qw( tempdir );
use HR::Server ();
use IO::Select ();
use IPC::Open3 qw( open3 );
use JSON::PP ();
use Symbol qw( gensym );
use Test::More;
use Time::HiRes qw( sleep time );

binmode Test::More->builder->$_, ':encoding(UTF-8)'
    for qw( output failure_output todo_output );

my $top    = getcwd();
my $bin    = $ENV{HR_HRCTL} || "$top/build/hrctl";
my $server = HR::Server->start(HR_RATE_LIMITS => 'off');
my $client = $server->client;
my $home   = tempdir('hrctl-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $file   = "$home/config/token";
my $unit   = 'Блок операционного директора/Департамент информационных технологий';

my %env = (
    %ENV, LC_ALL => 'C.UTF-8', HOME => $home, HRCTL_TOKEN_FILE => $file,
    HRCTL_URL => 'http://127.0.0.1:' . $server->port, HRCTL_CONF => "$top/conf",
);

# The exit code, stdout and stderr of hrctl; a reference among the words is its stdin,
# a hash changes the environment.
sub hrctl {
    my $stdin = '';
    my %more;
    my @words = grep { ref eq 'SCALAR' ? (($stdin = $$_), 0)[1]
                       : ref eq 'HASH' ? ((%more = %$_), 0)[-1] : 1 } @_;

    local %ENV = (%env, %more);
    delete @ENV{ grep { !defined $ENV{$_} } keys %ENV };
    my $pid = open3(my $in, my $out, my $err = gensym,
                    $bin, map { encode_utf8($_) } @words);
    binmode $in, ':raw';
    print {$in} encode_utf8($stdin);
    close $in;

    my %text = ($out => '', $err => '');
    my $select = IO::Select->new($out, $err);
    my $deadline = time + 60;
    while ($select->count) {
        my @ready = $select->can_read($deadline - time);
        if (!@ready) {
            kill KILL => $pid;
            last;
        }
        for my $handle (@ready) {
            sysread($handle, $text{$handle}, 65_536, length $text{$handle})
                or $select->remove($handle);
        }
    }

    waitpid $pid, 0;
    return ($? & 127 ? "signal $?" : $? >> 8, decode_utf8($text{$out}),
            decode_utf8($text{$err}));
}

# Claims about one call: its exit code, then patterns of stdout and stderr.
sub says {
    my ($name, $code, $out, $err, @words) = @_;

    my ($is, $stdout, $stderr) = hrctl(@words);
    my $ok = $is eq $code && $stdout =~ $out && $stderr =~ $err;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($ok, $name) or diag("exit code $is, expected $code\nstdout: $stdout\nstderr: $stderr");
    return $stdout;
}

sub json {
    my ($name, @words) = @_;

    my ($code, $out, $err) = hrctl(@words, '--json');
    my $value = eval { JSON::PP->new->allow_nonref->decode($out) };
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($code == 0 && defined $value, $name) or diag("exit code $code\n$out\n$err");
    return $value // {};
}

sub spit {
    my ($path, $text, $mode) = @_;

    open my $handle, '>:raw', $path or die "$path: $!";
    print {$handle} $text;
    close $handle or die;
    chmod $mode // 0600, $path or die;
    return $path;
}

sub slurp {
    my ($path) = @_;

    open my $handle, '<:raw', $path or return '';
    local $/;
    return readline $handle;
}

my $none = qr/\A\z/;
my $id   = qr/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

# Usage

says('without a command', 2, $none, qr/which command/);
says('an unknown command', 2, $none, qr/fly: there is no such command/, 'fly');
says('an unknown option', 2, $none, qr/--wings: there is no such option/, 'whoami', '--wings');
says('too few arguments', 2, $none, qr/too few.*\n.*usage: hrctl watch TASK/, 'watch');
says('too many arguments', 2, $none, qr/too many/, 'whoami', 'x');
says('an option without its value', 2, $none, qr/--limit: N is needed/,
     'profiles', 'list', '--limit');
says('a number out of bounds', 2, $none, qr/from 1 to 100/, qw( profiles list --limit 500 ));
says('help', 0, qr/profiles diff +what changed.*--json/s, $none, '--help');
says('help of a command', 0, qr/hrctl backup restore FILE.*--database FILE/s, $none,
     qw( backup restore --help ));
says('version', 0, qr/\Ahrctl \d+\.\d+\.\d+\n\z/, $none, '--version');

# Login

says('no token yet', 3, $none, qr/not logged in .*hrctl login/, 'whoami');
says('a wrong password', 3, $none, qr/wrong user name or password/,
     'login', 'admin', \"wrong\n");
ok(!-e $file, 'it leaves no token');
says('no password', 2, $none, qr/no password/, 'login', 'admin', \'');
says('a password on stdin', 0, $none, qr/logged in at http.* as admin \(admin\)/,
     'login', 'admin', \(HR::Server::PASSWORD . "\n"));
is(sprintf('%04o', (stat $file)[2] & 07777), '0600', 'the token is for its owner only');
is(sprintf('%04o', (stat "$home/config")[2] & 07777), '0700', 'and so is its folder');
unlike(join(' ', hrctl('login', 'admin', '--json', \(HR::Server::PASSWORD . "\n"))),
       qr/eyJ/, 'the token is not printed');

my $password = spit("$home/password", HR::Server::PASSWORD . "\n");
says('a password from a file', 0, $none, qr/logged in/,
     'login', 'admin', '--password-file', $password);
chmod 0644, $password;
says('a file that others may read', 1, $none, qr/others may read it.*chmod 600/,
     'login', 'admin', '--password-file', $password);
chmod 0600, $password;

says('who am I', 0, qr/^user +admin\n.*^role +admin\n/ms, $none, 'whoami');
says('in JSON', 0, qr/\A\{"id":1,"username":"admin"/, $none, 'whoami', '--json');

chmod 0640, $file;
says('a token that others may read is refused', 1, $none, qr/chmod 600/, 'whoami');
chmod 0600, $file;

says('the token does not go to another address', 3, $none, qr/not logged in at http:.*:9/,
     'whoami', '--url', 'http://127.0.0.1:9');
says('plain HTTP to another machine is refused', 2, $none, qr/unprotected/,
     'whoami', '--url', 'http://127.evil.example');
says('not even by a name that looks like this one', 2, $none, qr/unprotected/,
     'whoami', '--url', 'http://127.0.0.1@evil.example');
says('another kind of address', 2, $none, qr/begins with http/, qw( whoami --url ftp://x ));
says('the address of the login is kept', 0, qr/admin/, $none, 'whoami', { HRCTL_URL => undef });

my $bare = spit("$home/bare", "$client->{token}\n");
says('a file with only a token', 0, qr/admin/, $none, 'whoami', { HRCTL_TOKEN_FILE => $bare });
spit($bare, "no.such.token\n");
says('a token that is not valid', 3, $none, qr/status 401.*hrctl login/s,
     'whoami', { HRCTL_TOKEN_FILE => $bare });
says('nobody answers', 8, $none, qr/http:.*:9: /, 'health', '--url', 'http://127.0.0.1:9');

# Accounts

my $vera = spit("$home/vera", "correct-horse-battery\n");
says('an account', 0, $none, qr/user vera, id 2, role viewer/,
     qw( users create vera --role viewer --full-name Вера --password-file ), $vera);
says('the same again', 6, $none, qr/status 409/,
     qw( users create vera --password-file ), $vera);
says('a weak password', 7, $none, qr/body\.password/,
     'users', 'create', 'boris', \"short\n");
says('accounts', 0, qr/^ID  USER +NAME .*^ 2  vera +Вера +viewer +yes/ms, $none,
     qw( users list ));
is(scalar @{ json('accounts in JSON', qw( users list )) }, 2, 'both of them');

my %as_vera = (HRCTL_TOKEN_FILE => "$home/vera-token");
says('she logs in', 0, $none, qr/as vera \(viewer\)/,
     'login', 'vera', '--password-file', $vera, \%as_vera);
says('and may not do this', 4, $none, qr/status 403/, qw( users list ), \%as_vera);
says('another role by name', 0, $none, qr/role hr/, qw( users set vera --role hr ));
says('her own password', 0, $none, qr/vera/, 'users', 'passwd',
     '--current-file', $vera, \"another-horse-battery\n", \%as_vera);
says('a new password from the administrator', 0, $none, qr/vera/,
     'users', 'passwd', '2', \"third-horse-battery-x\n");
says('her token has ended', 3, $none, qr/401/, 'whoami', \%as_vera);
says('switched off', 0, $none, qr/active: no/, qw( users set vera --active no ));
says('nothing to change', 2, $none, qr/nothing to change/, qw( users set vera ));
says('an unknown account', 5, $none, qr/no user "nobody"/,
     qw( users set nobody --role hr ));

# Generation

my $first = says('a profile is generated', 0, qr/\A$id\n\z/, qr/hrctl: 100%/,
                 'generate', "$unit/Отдел разработки", 'Программист');
chomp $first;
says('a position that is not there is a warning', 0, qr/$id/, qr/warning: /,
     'generate', "$unit/Отдел разработки", 'Смотритель маяка');
says('an unknown unit', 5, $none, qr/404/, 'generate', 'Нет такого', 'Программист');

my $task = says('only started', 0, qr/\A$id\n\z/, $none,
                'generate', "$unit/Отдел контроля", 'Специалист', '--no-wait', '--quiet');
chomp $task;
says('watched', 0, qr/\A$id\n\z/, qr/100%/, 'watch', $task);
is(json('watched in JSON', 'watch', $task)->{status}, 'completed', 'its end');
says('an ended task cannot be stopped', 7, $none, qr/400/, 'cancel', $task);
says('an unknown task', 5, $none, qr/404/, 'watch', 'none');
says('tasks', 0, qr/$task  completed  100  Специалист/, $none, 'tasks');

says('what would be done', 0, qr/to do +Инженер QA/, qr/2 positions: 2 to do, 0 exist/,
     'generate', '--unit', 'Отдел разработки/Группа № 2', '--dry-run');
says('a name of several units', 7, $none, qr/several units are called so/,
     'generate', '--unit', 'Отдел контроля', '--dry-run');
says('a unit', 0, qr/^done +Руководитель группы .*$id\n.*^done /ms, qr/2 to do/,
     'generate', '--unit', "$unit/Отдел разработки/Группа № 2", '--parallel', '1');
says('again: nothing is left to do', 0, qr/exists.*exists/s, qr/0 to do, 2 exist/,
     'generate', '--unit', 'Группа № 2');
my $all = json('with the units below', 'generate', '--unit', 'Отдел разработки', '--children',
               '--dry-run', '--quiet');
is(scalar @$all, 8, 'every position of the branch');
is(scalar(grep { $_->{state} eq 'exists' } @$all), 3, 'three have a profile');
says('unit and position at once', 2, $none, qr/either --unit or/,
     'generate', '--unit', 'x', 'y');

says('the document into a file', 0, qr/$id/, qr/written/,
     'generate', "$unit/Отдел разработки", 'Ведущий программист', '--output', "$home/p.docx");
like(slurp("$home/p.docx"), qr/\APK\x03\x04/, 'it is an archive');
says('a kind of file that there is not', 2, $none, qr/must end in/,
     'generate', 'a', 'b', '--output', 'p.pdf');

# Profiles

says('the list', 0, qr/$first  Программист +\S.* completed +\d+%/, qr/page 1 of 1, 6 profiles/,
     qw( profiles list ));
says('searched', 0, qr/Инженер QA/, qr/1 profiles/,
     qw( profiles list --search инженер --limit 5 ));
says('one profile', 0, qr/^position +Программист\n.*^quality +\d+%/ms, $none,
     'profiles', 'show', $first);
says('its document', 0, qr/^#.*Программист/m, $none, 'profiles', 'show', $first, '--full');
says('an id that is none', 7, $none, qr/400/, qw( profiles show none ));

says('as JSON into a file', 0, $none, qr/written/, 'profiles', 'export', $first,
     '--format', 'json', '--output', "$home/p.json");
my $document = JSON::PP->new->utf8->decode(slurp("$home/p.json"));
$document->{profile}{personal_qualities}[0] = 'внимательность';
spit("$home/p.json", JSON::PP->new->utf8->encode($document));
says('and back as a new version', 0, $none, qr/version 2/,
     'profiles', 'import', $first, "$home/p.json");
says('from an old version', 6, $none, qr/409|412/,
     'profiles', 'import', $first, "$home/p.json", '--base-version', '1');
spit("$home/broken.json", '[');
says('no document', 7, $none, qr/a JSON object is needed/,
     'profiles', 'import', $first, "$home/broken.json");

says('versions', 0, qr/^ +2  \* +edited.*^ +1 +generated/ms, $none,
     'profiles', 'versions', $first);
says('what changed', 0, qr/^ +\+ внимательность/m, $none, 'profiles', 'diff', $first, 1, 2);
says('as a patch', 0, qr/\A\[\{"op":/, $none, 'profiles', 'diff', $first, 1, 2, '--patch');
says('nothing changed', 0, $none, qr/are equal/, 'profiles', 'diff', $first, 2, 2);
says('a version that is none', 2, $none, qr/a version is a number/,
     'profiles', 'diff', $first, 'a', 2);

for my $format (qw( md docx xlsx json )) {
    says("as $format", 0, $none, qr/written/, 'profiles', 'export', $first,
         '--format', $format, '--output', "$home/out.$format");
    ok(-s "$home/out.$format", 'a file');
}
says('on stdout', 0, qr/Программист/, $none, 'profiles', 'export', $first, '--output', '-');

my @ids = map { $_->{profile_id} } @{ json('ids', qw( profiles list ))->{profiles} };
says('many in an archive', 0, $none, qr/written/, 'profiles', 'export', @ids,
     '--formats', 'docx,md', '--output', "$home/all.zip");
my $listing = `unzip -l '$home/all.zip'`;
is(scalar(() = $listing =~ /\.(?:docx|md)\b/g), 12, 'with two files for each of six');

chdir $home or die;
my (undef, undef, $written) = hrctl('profiles', 'export', $first, '--format', 'docx');
chdir $top or die;
my ($name) = $written =~ /written: (.+\.docx)/;
ok(defined $name && -s encode_utf8("$home/$name") && $name !~ m{/},
   'without --output: the name that the server gives, in this folder');
is_deeply([glob "$home/*partial*"], [], 'no half of a file is left');
says('a folder that is not there', 1, $none, qr/No such file/,
     'profiles', 'export', $first, '--output', "$home/none/x.md");

says('archived', 0, $none, qr/archived/, 'profiles', 'archive', $first);
says('archived once only', 6, $none, qr/409/, 'profiles', 'archive', $first)
    if $client->delete("/api/profiles/$first")->{status} == 409;
says('restored', 0, $none, qr/restored/, 'profiles', 'restore', $first);

# Without a server

says('data that are right', 0, qr/^positions +26, .*^generation +ready/ms, $none,
     'data', 'check', "$top/t/data/small", { HRCTL_URL => 'http://127.0.0.1:9' });
mkdir "$home/data" or die;
spit("$home/data/structure.json", '{"organization":{"A": {"positions": [7]}}}');
says('data that are not', 10, $none, qr/structure\.json: line \d+, column \d+: /,
     'data', 'check', "$home/data");
says('no data', 1, $none, qr/No such file/, 'data', 'check', "$home/none");

says('prompts that are right', 0, qr/^hash +[0-9a-f]{64}\n/m, $none,
     'prompt', 'lint', "$top/conf/prompts");
system 'cp', '-r', "$top/conf/prompts", "$home/prompts";
spit("$home/prompts/production/prompt.txt",
     slurp("$home/prompts/production/prompt.txt") . encode_utf8("\nЕщё одно правило.\n"));
says('a text that was changed', 10, $none, qr/metadata\.json does not have the hash/,
     'prompt', 'lint', "$home/prompts");
says('is sealed', 0, qr/another one/, qr/sealed/, 'prompt', 'lint', "$home/prompts", '--seal');
says('and is right then', 0, qr/^hash +[0-9a-f]{64}\n/m, $none,
     'prompt', 'lint', "$home/prompts");
spit("$home/prompts/production/prompt.txt",
     slurp("$home/prompts/production/prompt.txt") . "\n{{surprise}}\n");
says('an unknown placeholder', 10, $none, qr/surprise/,
     'prompt', 'lint', "$home/prompts", '--seal');

# Copies

my $backup = json('a copy', qw( backup create ))->{data};
is($backup->{rows}{profiles}, 6, 'has the profiles');
like($backup->{name}, qr/\Ahr-manual-/, 'its name says that it was asked for');
says('copies', 0, qr/\Q$backup->{name}\E .*[KM]B/, $none, qw( backup list ));
my $copy = $server->home . "/backups/$backup->{name}";
says('it is valid', 0, qr/^valid .*^profiles +6\n/ms, $none, 'backup', 'verify', $copy);
says('a file that is no copy', 10, $none, qr/damaged|not a database/,
     'backup', 'verify', "$home/p.json");

my $database = $server->home . '/profiles.db';
says('nobody can be asked', 2, $none, qr/say --yes/,
     'backup', 'restore', $copy, '--database', $database);
says('a server that runs is not touched', 6, $none, qr/stop the server first/,
     'backup', 'restore', $copy, '--database', $database, '--yes');

says('a profile after the copy', 0, qr/$id/, qr/100%/,
     'generate', "$unit/Отдел разработки", 'Младший программист');
is($client->get('/api/profiles/')->{json}{pagination}{total}, 7, 'seven profiles');
ok($server->stop, 'the server is stopped');
says('the copy comes back', 0, qr/^profiles +6\n.*^the old file +\S+before-restore/ms, $none,
     'backup', 'restore', $copy, '--database', $database, '--yes');
unlink glob $server->home . '/backups/hr-2*.db';
$server->up;
is($server->client->get('/api/profiles/')->{json}{pagination}{total}, 6,
   'and the server has six profiles again');
is(scalar(my @kept = glob "$database.before-restore-*"), 1, 'the old file is kept');

# Audit, cache, care, health

says('a new token', 0, $none, qr/logged in/, 'login', 'admin', '--password-file', $password);
says('who did what', 0, qr/admin +login +ok +session .*127\.0\.0\.1/, $none,
     qw( audit list --action login --limit 50 ));
says('the chain is whole', 0, qr/^last hash +[0-9a-f]{64}/m, $none, qw( audit verify ));
says('as JSON lines', 0, $none, qr/written/, 'audit', 'export', '--output', "$home/audit.jsonl");
my @records = map { JSON::PP->new->utf8->decode($_) } split /\n/, slurp("$home/audit.jsonl");
is_deeply([map { $_->{seq} } @records], [1 .. @records], 'all of them, in order');

# On a terminal wide columns give way, but never an id: it is copied from there
my $screen = do {
    local %ENV = %env;
    delete @ENV{ grep { !defined $ENV{$_} } keys %ENV };
    decode_utf8(qx(script -qec "stty cols 80; '$bin' profiles list" /dev/null </dev/null));
};
like($screen, qr/^$id  .*…/m, 'an id is whole on a narrow terminal, other columns are cut');

says('bench', 0,
     qr/^requests +\d+ in .*^a second +\d+.*^99 % within +[\d.]+ ms.*^status 2xx +\d+/ms, $none,
     qw( bench --seconds 1 --connections 2 ));
my $bench = json('bench in JSON', qw( bench /api/auth/me --seconds 1 ));
cmp_ok($bench->{succeeded}, '>', 0, 'requests that were answered');
is($bench->{succeeded}, $bench->{requests}, 'all of them');
says('bench of an address that does not exist', 10, qr/^status 4xx/m, $none,
     qw( bench /api/nothing --seconds 1 --connections 1 ));
says('bench of a path that is none', 2, $none, qr/begins with/, qw( bench nothing ));
says('the prompt of a position', 0, qr/^model +\S+.*^tokens, about +\d+/ms, $none,
     'prompt', 'preview', 'Отдел разработки', 'Программист');
says('its text', 0, qr/Программист/, $none,
     'prompt', 'preview', 'Отдел разработки', 'Программист', '--text');
is(json('in JSON, as the server told it', 'prompt', 'preview', 'Отдел разработки',
        'Программист')->{position}, 'Программист', 'its position');
says('the prompt of nothing', 5, $none, qr/404/, 'prompt', 'preview', 'Нет такого', 'Программист');
says('the cache', 0, qr/^SHARD +HITS.*^all +\d+/ms, $none, qw( cache stats ));
is(scalar @{ json('in JSON', qw( cache stats )) }, 4, 'four shards');
says('care', 0, qr/whole/, $none, qw( maintenance integrity_check ));
says('its name in SQL', 0, qr/compacted/, $none, qw( maintenance vacuum ));
says('scores by the rules of today', 0, qr/^looked at +\d+\nchanged +\d+\nskipped +0$/m, $none,
     qw( maintenance rescore ));
says('care that there is not', 7, $none, qr/422/, qw( maintenance defrost ));
says('health', 0, qr/^status +healthy\n/m, $none, 'health');

says('logout', 0, $none, qr/logged out/, 'logout');
ok(!-e $file, 'forgets the token');

# The daily copy, half a minute after the start.
ok(HR::Server::wait_until(45, sub {
    $server->error_log =~ /hr: daily backup hr-\d{8}-\d{6}\.db: \d+ bytes, 6 profiles/;
}), 'a day without a copy gets one');
is(scalar(my @daily = glob $server->home . '/backups/hr-2*.db'), 1, 'in its folder');
ok(-e $copy, 'the copy of the same day that was asked for stays');

$server->log_is_clean('no alerts');
ok($server->stop, 'it ends in order');

# What one would type, and what the manual says, is what there is.

my ($code, $words) = hrctl('--words');
my (%commands, %options);
for my $line (split /\n/, $words) {
    my ($command, $option) = split /\t/, $line, -1;
    $commands{$command}++ if $command ne '';
    $options{$option}++ if $option ne '';
}

my $manual = slurp("$top/src/cli/hrctl.1");
$manual =~ s/\\-/-/g;
is_deeply([grep { $manual !~ /^\.B[RI]? "?\Q$_\E\b/m } sort keys %commands], [],
          'the manual has every command');
is_deeply([grep { $manual !~ /\Q$_\E\b/ } sort keys %options], [],
          'and every option');

sub completed {
    my @typed = @_;

    local %ENV = (%env, PATH => "$top/build:$env{PATH}", TYPED => join("\n", @typed));
    my $text = `bash -c '
        . "$top/src/cli/hrctl.bash"
        mapfile -t COMP_WORDS <<<"\$TYPED"; COMP_CWORD=\$((\${#COMP_WORDS[\@]} - 1))
        COMPREPLY=(); _hrctl; printf "%s\\n" "\${COMPREPLY[\@]}"'`;
    return join ' ', sort split /\n/, $text;
}

is(completed('hrctl', 'prof'), 'profiles', 'a command is completed');
is(completed('hrctl', 'backup', ''), 'create list restore verify', 'its second word');
like(completed('hrctl', 'generate', '--'), qr/--children .*--unit/, 'its options');
is(completed('hrctl', 'users', 'set', 'vera', '--role', 'a'), 'admin', 'a value');
is(completed('hrctl', 'maintenance', 'o'), 'optimize', 'an argument that is a word');

done_testing();
