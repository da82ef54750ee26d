# Approval of profiles (improvements.md I-39, I-04): steps, roles, generic KPIs, the
# filters of the list.

use HR::Test 'no_plan';
use HR::Test::Archive;
use HR::Test::Profile;

our @STATES = qw( draft hr_review head_review legal_review approved rejected );

sub url ($) { return '/api/profiles/' . profile_id($_[0]) . '/approval' }

# The answer of a change of state.
sub go ($$;%) {
    my ($n, $state, %more) = @_;

    my $user = delete $more{user} // 'admin';
    my $headers = delete $more{headers} || {};
    return ask(PUT => url($n), { state => $state, %more }, user => $user,
               headers => $headers);
}

# Takes the profile through every review to the end.
sub approve ($;%) {
    my ($n, %more) = @_;
    for my $state (qw( hr_review head_review legal_review approved )) {
        my $answer = go($n, $state, %more);
        die "$state: $answer->{body}\n" if $answer->{status} != 200;
    }
}

sub list_ids ($) {
    my ($query) = @_;
    my $list = api(GET => "/api/profiles/?limit=100&$query");
    die "total $list->{pagination}{total}\n"
        if $list->{pagination}{total} != @{ $list->{profiles} };
    return join ' ', map { substr $_->{profile_id}, -1 } @{ $list->{profiles} };
}

# KPIs of profile n come from a template: so the metadata of a generation says.
sub make_generic (@) {
    for my $n (@_) {
        my $id = profile_id($n);
        sql("UPDATE profiles SET metadata_json = json_set(metadata_json,"
            . " '\$.data_sources', json('{\"kpi_source\":\"template\"}')) WHERE id = '$id'");
        api(PUT => "/api/profiles/$id", { employee_name => "Сотрудник $n" });
    }
}

run_tests();

__DATA__

=== TEST 1: I-39: from draft to approved step by step, with who, when and why
--- hr_database: t/data/profiles.sql
--- users
anna:hr boris:head
--- setup
my $tag = sub { ask(GET => '/api/profiles/' . profile_id(2), undef, user => 'anna')->{headers}{etag} };
my $before = $tag->();
go(2, 'hr_review', user => 'anna');
go(2, 'head_review', user => 'anna', comment => '  checked ');
go(2, 'legal_review', user => 'boris');
go(2, 'approved', user => 'boris');
isnt($tag->(), $before, 'the tag of the detail changes');
--- login: anna
--- request eval
["GET " . main::url(2), "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000002",
 "GET /api/profiles/?approval=approved"]
--- json eval
["profile_id = bbbbbbbb-0000-4000-8000-000000000002
version_number = 1
state = approved
needs_kpi_review = false
allowed has 1
allowed[0].state = draft
allowed[0].role = head
allowed[0].comment_required = true
history has 4
history[0].to_state = approved
history[0].username = boris
history[0].version_number = 1
history[0].at ~ ^\\d{4}-
history[2].from_state = hr_review
history[2].to_state = head_review
history[2].comment = checked
history[2].username = anna
history[3].from_state = draft
history[3].comment = null",
 "approval.state = approved\napproval.needs_kpi_review = false\nstatus = completed",
 "profiles has 1\nprofiles[0].approval.state = approved\npagination.total = 1"]
--- db
SELECT count(*), min(username), max(username) FROM audit_log WHERE action = 'profile.approval' => 4|anna|boris
SELECT detail ->> 'from', detail ->> 'to' FROM audit_log WHERE action = 'profile.approval' ORDER BY seq LIMIT 1 => draft|hr_review



=== TEST 2: I-39: each state leads where the matrix says, every other way is 409
--- hr_database: t/data/profiles.sql
--- setup
my %ways = (
    draft        => [qw( hr_review )],
    hr_review    => [qw( head_review rejected draft )],
    head_review  => [qw( legal_review rejected draft )],
    legal_review => [qw( approved rejected draft )],
    approved     => [qw( draft )],
    rejected     => [qw( draft )],
);
my @wrong;
for my $from (@main::STATES) {
    for my $to (@main::STATES) {
        sql("UPDATE profiles SET approval_state = '$from' WHERE id LIKE '%0002'");
        my $answer = go(2, $to, comment => 'why');
        my $want = grep({ $_ eq $to } @{ $ways{$from} }) ? 200 : 409;
        push @wrong, "$from-$to:$answer->{status}" if $answer->{status} != $want;
        next if $want == 200;
        my $details = $answer->{json}{error}{details};
        push @wrong, "$from-$to:details"
            if $details->{reason} ne 'transition' || $details->{current_state} ne $from
               || join(' ', map { $_->{state} } @{ $details->{allowed} })
                  ne join(' ', @{ $ways{$from} });
    }
}
is("@wrong", '', 'the answers');
--- login
--- request
GET /api/profiles/



=== TEST 3: I-39: who may go which step, and where a reason is asked for
--- hr_database: t/data/profiles.sql
--- users
anna:hr boris:head vera:viewer
--- setup
my @got;
my $try = sub {
    my ($state, $user, %more) = @_;
    my $answer = go(2, $state, user => $user, %more);
    push @got, "$answer->{status}:" . ($answer->{json}{error}{details}{field} // '');
};
$try->(hr_review => 'vera');
$try->(hr_review => 'anna');
$try->(rejected => 'anna');
$try->(rejected => 'anna', comment => ' ');
$try->(head_review => 'anna');
$try->(legal_review => 'anna');
$try->(rejected => 'anna', comment => 'no');
$try->(draft => 'anna');
$try->($_ => 'anna') for qw( hr_review head_review );
$try->(legal_review => 'boris');
$try->(approved => 'anna');
$try->(approved => 'boris');
$try->(draft => 'anna', comment => 'too early');
$try->(draft => 'boris');
$try->(draft => 'boris', comment => 'too early');
is("@got", '403: 200: 400:comment 400:comment 200: 403: 403: 200: 200: 200: 200: 403: 200: 403:'
   . ' 400:comment 200:', 'the answers');
--- login
--- request
GET /api/profiles/



=== TEST 4: I-04: a profile on generic KPIs is approved with a confirmation only
--- hr_database: t/data/profiles.sql
--- setup
make_generic(2, 6);
go(2, $_) for qw( hr_review head_review legal_review );
my @got = map { go(2, 'approved', %$_) } {}, { confirm_kpi => JSON::PP::false() };
my $before = list_ids('needs_kpi_review=true');
push @got, go(2, 'approved', confirm_kpi => JSON::PP::true());
my $after = list_ids('needs_kpi_review=true');
is(join(' ', map { $_->{status} . ':' . ($_->{json}{error}{details}{reason} // $_->{json}{state}) }
   @got), '409:kpi_review 409:kpi_review 200:approved', 'the answers');
is("$before | $after", '6 2 | 6', 'the lists');
--- login
--- request eval
["GET " . main::url(2),
 "GET /api/profiles/bbbbbbbb-0000-4000-8000-000000000002/download/md"]
--- json eval
["state = approved\nneeds_kpi_review = false", undef]
--- response_body_like eval
['', '(?s)\A(?!.*ЧЕРНОВИК).*шаблон']
--- db
SELECT detail ->> 'confirm_kpi' FROM audit_log WHERE detail ->> 'to' = 'approved' => 1



=== TEST 5: I-04: the list and its table know who needs a look at the KPIs
--- hr_database: t/data/profiles.sql
--- setup
make_generic(1, 4, 9);
is(join(' | ', map { list_ids($_) } 'needs_kpi_review=1', 'needs_kpi_review=true&search=%D0%BF%D1%83%D1%81%D1%82%D0%B0%D1%8F',
    'needs_kpi_review=yes&sort_by=department&sort_order=asc', 'needs_kpi_review=true&status=archived',
    'needs_kpi_review=true&department=%D0%B7%D0%B0%D0%BA%D1%83%D0%BF', 'needs_kpi_review=true&approval=draft&created_by=1'),
   '9 4 1 | 9 | 4 9 1 |  | 4 | 9 4 1', 'the lists');
my $page = api(GET => '/api/profiles/?needs_kpi_review=true&limit=2');
my $next = api(GET => '/api/profiles/?needs_kpi_review=true&limit=2&cursor='
                      . $page->{pagination}{next_cursor});
is(join(' ', map { substr $_->{profile_id}, -1 } map { @{ $_->{profiles} } } $page, $next), '9 4 1',
   'the pages by cursor');
--- login
--- request eval
["GET /api/profiles/export?format=csv&needs_kpi_review=true",
 "GET /api/profiles/?needs_kpi_review=maybe", "GET /api/profiles/?approval=done",
 "GET /api/profiles/?approval=&needs_kpi_review=false"]
--- error_code eval
[200, 422, 400, 200]
--- json eval
[undef,
 "error.details.validation_errors[0].field = query.needs_kpi_review",
 "error.details.field = approval\nerror.details.valid_values has 6", "pagination.total = 10"]
--- response_body_like eval
['(?s)Пустая.*Елочный.*Ведущий', '', '', '']



=== TEST 6: I-39: a new text is a draft, the approved one stays and brings its state back
--- hr_database: t/data/profiles.sql
--- users
anna:admin
--- setup
my $id = profile_id(2);
my $save = sub {
    my ($title) = @_;
    (my $document = document_of(2, user => 'anna')) =~ s/"position_title":"[^"]*"/"position_title":"$title"/
        or die;
    my $answer = answer_of(PUT => "/api/profiles/$id/content", user => 'anna',
                           body => qq({"profile_data":$document}),
                           headers => { 'Content-Type' => 'application/json' });
    die $answer->{body} if $answer->{status} != 200;
    return $answer->{json}{version_number};
};
my @numbers = $save->('Первая');
approve(2);
push @numbers, $save->('Вторая'), $save->('Третья');
my @states = api(GET => url(2))->{state};
for my $n (2, 1, 3) {
    api(PUT => "/api/profiles/$id/versions/$n/set-active");
    push @states, api(GET => url(2))->{state};
}
is("@numbers @states", '2 3 3 draft approved draft draft', 'versions and their states');
--- login
--- request eval
"GET " . main::url(2)
--- json
state = draft
version_number = 3
history has 4
history[0].version_number = 2
--- db
SELECT profile_content ->> '$.position_title' FROM profile_versions WHERE version_number = 2 AND profile_id LIKE '%2' => Первая



=== TEST 7: I-39: hr_approval_steps names the reviews
--- hr_database: t/data/profiles.sql
--- hr_config
hr_approval_steps hr_review legal_review;
--- setup
my @got = map { go(2, $_)->{status} } qw( hr_review head_review legal_review approved );
is("@got", '200 409 200 200', 'the answers');
--- login
--- request
GET /api/profiles/



=== TEST 8: I-39: without a review a head approves at once
--- hr_database: t/data/profiles.sql
--- hr_config
hr_approval_steps none;
--- users
anna:hr boris:head
--- login eval
[qw( anna boris )]
--- request eval
[("PUT " . main::url(2) . "\n{\"state\":\"approved\"}") x 2]
--- error_code eval
[403, 200]
--- json eval
["error.code = FORBIDDEN", "state = approved\nhistory has 1"]



=== TEST 9: an unknown review does not start
--- hr_config
hr_approval_steps boss_review;
--- must_die
--- error_log
invalid value "boss_review"



=== TEST 10: I-39: approval of what is archived, missing, stale or badly asked
--- hr_database: t/data/profiles.sql
--- login
--- more_headers eval
[("") x 6, "If-Match: \"0000000000000000\"", "If-Match: *", ""]
--- request eval
my $put = sub { "PUT $_[0]\n$_[1]" };
[$put->(main::url(3), '{"state":"hr_review"}'),
 $put->(main::url(77), '{"state":"hr_review"}'),
 $put->('/api/profiles/nobody/approval', '{"state":"hr_review"}'),
 $put->(main::url(2), '{"state":"done"}'),
 $put->(main::url(2), '{"state":"hr_review","comment":"' . ('я' x 2001) . '"}'),
 $put->(main::url(2), '{}'),
 $put->(main::url(2), '{"state":"hr_review"}'),
 $put->(main::url(2), '{"state":"hr_review","base_version":1}'),
 $put->(main::url(2), '{"state":"head_review","base_version":7}')]
--- error_code eval
[409, 404, 400, 422, 422, 422, 412, 200, 409]
--- json eval
["error.details.reason = status\nerror.code = CONFLICT", "error.details.resource = profile",
 "error.details.field = profile_id", "error.details.validation_errors[0].field = body.state",
 "error.details.validation_errors[0].type = string_too_long",
 "error.details.validation_errors[0].type = missing", "error.code = PRECONDITION_FAILED",
 "state = hr_review", "error.code = CONFLICT\nerror.details.base_version = 7"]
--- db
SELECT count(*) FROM profile_approvals => 1



=== TEST 11: I-39: the draft mark says the state, in every format, and ends with the approval
--- hr_database: t/data/profiles.sql
--- setup
my $id = profile_id(2);
my $text = sub {
    join '|', map {
        my $file = answer_of(GET => "/api/profiles/$id/download/$_")->{body};
        $file = join ' ', map { $_->{content} } archive_entries($file) if $_ ne 'md';
        ($file =~ /на согласовании у юристов/ ? 'legal' : '')
            . ($file =~ /ЧЕРНОВИК/ ? 'draft' : '') || 'clean';
    } qw( md docx xlsx );
};
my @got = $text->();
go(2, $_) for qw( hr_review head_review legal_review );
push @got, $text->();
go(2, 'approved');
push @got, $text->();
is("@got", 'draft|draft|draft legaldraft|legaldraft|legaldraft clean|clean|clean', 'the marks');
--- login
--- request
GET /api/profiles/



=== TEST 12: I-39: approval is cached and ends with a change in either worker
--- hr_database: t/data/profiles.sql
--- setup
my @wrong;
for my $round (1 .. 6) {
    my $to = $round % 2 ? 'hr_review' : 'draft';
    api(PUT => url(2), { state => $to });
    for (1 .. 4) {
        my $got = api(GET => url(2))->{state};
        push @wrong, "$round:$got" if $got ne $to;
    }
}
is("@wrong", '', 'the answers');
--- login
--- request
GET /api/profiles/
