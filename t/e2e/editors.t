# Fifty editors of one profile at the same time: no update is lost, no version number
# is missing or double, and what the server acknowledged is what the database has.
#
# First every editor works as a careful client does: he reads the profile and its tag,
# adds his own task, sends the document with If-Match, and reads again when somebody
# was faster.  Then all of them send without a condition: the last one wins, but every
# acknowledged version is there.  Ten accounts with five editors each, so that edits
# of one author go into one version now and then (P-28).

use strict;
use warnings;

use lib 't/lib';
use HR::Client ();
use HR::Server ();
use JSON::PP ();
use Test::More;
use Time::HiRes qw( sleep time );

use constant { EDITORS => 50, USERS => 10, PROFILE => 'bbbbbbbb-0000-4000-8000-000000000001' };

my $server = HR::Server->start(HR_LLM_URL => 'http://127.0.0.1:9/v1');
my $url    = '/api/profiles/' . PROFILE;

make_rows();
my @tokens = map { $server->client(user => "editor$_", password => "password$_")->{token} }
             1 .. USERS;

my $start = time;
my @careful = HR::Client::parallel(EDITORS, \&careful_editor);
my $seconds = time - $start;

is_deeply([grep { ($_->{status} // 0) != 200 } @careful], [], 'every careful editor gets through');
my $lost = 0;
$lost += $_->{lost} // 0 for @careful;
diag sprintf '%d edits, %d lost races, %.1f s', scalar @careful, $lost, $seconds;
cmp_ok($lost, '>', 0, 'they were in each other\'s way');

my @tasks = grep { /^Правка / }
            @{ document()->{responsibility_areas}[0]{tasks} };
is(scalar @tasks, EDITORS, 'no update is lost');
is(scalar keys %{ { map { $_ => 1 } @tasks } }, EDITORS, 'and none is there twice');
check_versions('after the careful editors', @careful);
is(sql("SELECT count(*) FROM audit_log WHERE action = 'profile.edit'"), EDITORS,
   'one line in the trail for each edit');

my @hasty = HR::Client::parallel(EDITORS, \&hasty_editor);
is_deeply([grep { ($_->{status} // 0) != 200 } @hasty], [],
          'without a condition nobody is refused');
check_versions('after the hasty editors', @careful, @hasty);
like(document()->{position_title}, qr/^Без условия \d+$/, 'one of them was the last');

for my $edit (@hasty) {
    my $title = sql("SELECT profile_content ->> '\$.position_title' FROM profile_versions"
                    . " WHERE version_number = $edit->{version}");
    push @{ $edit->{wrong} }, $title
        if !grep { $_->{title} eq $title } grep { $_->{version} == $edit->{version} } @hasty;
}
is_deeply([map { @{ $_->{wrong} || [] } } @hasty], [], 'each acknowledged version has its text');

is(sql('PRAGMA integrity_check'), 'ok', 'the file is whole');
$server->log_is_clean('no alerts');
ok($server->stop, 'it ends in order');
done_testing();


# The profile, one version of it, and ten accounts.
sub make_rows {
    my $document = "CAST(readfile('t/data/profiles/production.json') AS TEXT)";
    my $id = PROFILE;

    sql("INSERT INTO profiles (id, department, position, profile_data, metadata_json,"
        . " generation_time_seconds, created_by) VALUES ('$id', 'Отдел', 'Должность',"
        . " $document, '{}', 1, 1)");
    sql("INSERT INTO profile_versions (profile_id, version_number, created_by_user_id,"
        . " created_by_username, version_type, profile_content)"
        . " VALUES ('$id', 1, 1, 'System', 'generated', $document)");

    for my $n (1 .. USERS) {
        my $hash = crypt("password$n", '$2b$04$testsaltTESTSALTtest.u');
        sql("INSERT INTO users (username, password_hash, full_name, is_active, role)"
            . " VALUES ('editor$n', '$hash', 'Редактор $n', 1, 'hr')");
    }
}


sub sql {
    my ($text) = @_;

    open my $out, '-|', 'sqlite3', '-batch', '-bail', '-cmd', '.timeout 10000',
        $server->home . '/profiles.db', $text or die "sqlite3: $!\n";
    my $printed = do { local $/; <$out> } // '';
    close $out or die "sqlite3: $text\n";
    chomp $printed;
    return $printed;
}


sub document {
    utf8::decode(my $text = sql("SELECT profile_data FROM profiles WHERE id = '" . PROFILE . "'"));
    my $document = JSON::PP->new->decode($text);
    return bytes_of($document);
}

# Texts as bytes, like the literals of this file.
sub bytes_of {
    my ($value) = @_;

    return [map { bytes_of($_) } @$value] if ref $value eq 'ARRAY';
    return { map { $_ => bytes_of($value->{$_}) } keys %$value } if ref $value eq 'HASH';
    utf8::encode($value) if defined $value && !ref $value;
    return $value;
}


sub editor_client {
    my ($i) = @_;
    return HR::Client->new(port => $server->port, token => $tokens[$i % USERS], timeout => 60);
}


sub careful_editor {
    my ($i) = @_;

    my $client = editor_client($i);
    my $task = "Правка $i";
    utf8::decode($task);

    for my $lost (0 .. 500) {
        my $detail = $client->get($url);
        return { status => $detail->{status}, at => 'read' } if $detail->{status} != 200;

        my $document = $detail->{json}{profile};
        push @{ $document->{responsibility_areas}[0]{tasks} }, $task;

        my $saved = $client->put("$url/content", { profile_data => $document },
                                 headers => { 'If-Match' => $detail->{headers}{etag} });
        return { status => 200, lost => $lost, user => $i % USERS,
                 version => $saved->{json}{version_number} } if $saved->{status} == 200;
        return { status => $saved->{status}, body => $saved->{body} } if $saved->{status} != 412;
        sleep 0.02 * rand;
    }

    return { status => 0, at => 'never first' };
}


sub hasty_editor {
    my ($i) = @_;

    my $client = editor_client($i);
    my $document = $client->get($url)->{json}{profile};
    my $title = "Без условия $i";
    utf8::decode(my $text = $title);
    $document->{position_title} = $text;

    my $saved = $client->put("$url/content", { profile_data => $document });
    return { status => $saved->{status}, user => $i % USERS, title => $title,
             version => $saved->{json}{version_number} };
}


# The rows against what was acknowledged.
sub check_versions {
    my ($when, @edits) = @_;

    my @rows = map { [split /\|/] } split /\n/, sql(
        "SELECT version_number, created_by_username FROM profile_versions"
        . " WHERE profile_id = '" . PROFILE . "' ORDER BY version_number");
    is_deeply([map { $_->[0] } @rows], [1 .. @rows], "$when: versions have no gap and no double");

    my %author = map { $_->[0] => $_->[1] } @rows;
    is_deeply([grep { $author{ $_->{version} } ne 'editor' . ($_->{user} + 1) } @edits], [],
              "$when: a version is its author's");
    is(scalar keys %{ { map { $_->{version} => 1 } @edits } }, @rows - 1,
       "$when: every version was acknowledged");
    is(sql("SELECT current_version = max(version_number) AND profile_data = profile_content"
           . " FROM profiles JOIN profile_versions ON id = profile_id"),
       1, "$when: the profile is its current version");
    is(sql("SELECT version_counter FROM profiles"), scalar @rows, "$when: so is the counter");
}
