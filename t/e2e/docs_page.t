# The API page in a real browser: it lists, searches, logs in and tries calls; by
# keyboard too, on a small screen too, in both languages; and it needs nothing from
# elsewhere.  HR_SCREENSHOTS names a folder for pictures of it.

use strict;
use warnings;
use utf8;

use lib 't/lib';
use HR::Browser ();
use HR::Server ();
use JSON::PP ();
use Test::More;

my $browser = HR::Browser->start
    or plan skip_all => 'needs chromium and chromedriver';

my $server = HR::Server->start;
my $docs = 'http://localhost:' . $server->port . '/docs';

sub text_of { return $browser->run('return document.querySelector(arguments[0]).innerText', $_[0]) }
sub count_of {
    return $browser->run('return document.querySelectorAll(arguments[0]).length', $_[0]);
}

sub picture {
    my ($name) = @_;
    $browser->screenshot("$ENV{HR_SCREENSHOTS}/$name.png") if $ENV{HR_SCREENSHOTS};
}

sub wait_like {
    my ($selector, $pattern, $name) = @_;
    ok(eval { $browser->wait_for(
                  "document.querySelector('$selector')?.innerText.match($pattern)") },
       $name) or diag(eval { text_of($selector) } // $@);
}

# Reads and lists

$browser->look(1360, 900, 'light');
$browser->open("$docs?lang=en");
$browser->wait_for('document.querySelectorAll("#list a").length');
my $all = count_of('#list a');
cmp_ok($all, '>=', 60, 'every operation is listed');
is(text_of('h1'), 'HR Profile Generator API', 'the first page');
is(text_of('#found'), "$all operations", 'and their number');
picture('first-light');

$browser->type('#search', 'version');
$browser->wait_for("document.querySelectorAll('#list a').length < $all");
ok(!$browser->run(q{return [...document.querySelectorAll('#list a')]
    .some(a => !/version/i.test(a.innerText + a.hash))}), 'the search leaves what has the word');
$browser->type('#search', 'nothing has this');
$browser->wait_for(q{document.querySelector('#found').innerText === 'Nothing matches'});
pass('and says when nothing has it');

# Keyboard: "/" to the search, arrows through the list, Enter opens

$browser->open("$docs?lang=en#root");
$browser->wait_for('document.querySelector("main h1")');
$browser->press('/');
is($browser->run('return document.activeElement.id'), 'search', '"/" goes to the search');
$browser->type('#search', 'who am i');
$browser->press('Down');
is($browser->run('return document.activeElement.hash'), '#get_current_user_info',
   'down goes into the list');
$browser->press('Enter');
wait_like('main h1', '/Who am I/', 'Enter opens the operation');
is($browser->run('return document.activeElement.id'), 'main', 'the focus goes with it');
is(count_of('#list [aria-current=page]'), 1, 'the list marks it');

# Without a token

$browser->click('.try button[type=submit]');
wait_like('.result .status', '/401/', 'without a token 401');
like(text_of('.result pre'), qr/"UNAUTHORIZED"/, 'the error is shown');

# Login

$browser->click('#account');
$browser->type('#login [name=username]', 'admin');
$browser->type('#login [name=password]', 'wrong');
$browser->press('Enter');
wait_like('#login-failed', '/Wrong user name or password/', 'a wrong password is told');
$browser->type('#login [name=password]', HR::Server::PASSWORD);
$browser->press('Enter');
$browser->wait_for('!document.querySelector("#login").open');
wait_like('#account', '/Log out admin/', 'logged in');
is($browser->run('return JSON.stringify('
                 . '[{...localStorage}, {...sessionStorage}, document.cookie])'),
   '[{},{},""]', 'the token is in memory only');

# Calls

$browser->click('.try button[type=submit]');
wait_like('.result .status', '/200 OK/', 'the call is answered');
like(text_of('.result .told'), qr/ms\b.*\bB\b/s, 'time and size are shown');
like(text_of('.result pre'), qr/"username": "admin"/, 'so is the body');
$browser->click('.result details summary');
like(text_of('.result table'), qr/x-request-id/i, 'and the headers');
picture('answer-light');

$browser->run('location.reload()');
wait_like('#account', '/^Log in$/', 'the page loaded again has no token');

$browser->open("$docs?lang=en#login");
$browser->type('#body', '{"username": "admin", "password": "' . HR::Server::PASSWORD . '"}');
$browser->run('document.querySelector("#body").focus()');
$browser->press('Control+Enter');
wait_like('.result .status', '/200 OK/', 'a body is sent, by Ctrl+Enter too');
$browser->type('#body', '{"username": ');
like(text_of('.try .field p'), qr/not JSON/, 'a body that is no JSON is noticed');
$browser->click('.try button[type=submit]');
wait_like('.result .status', '/422/', 'and refused by the server');

# A developer's first five calls: a position, its generation, the result, the profile, a document

$browser->click('#account');
$browser->type('#login [name=username]', 'admin');
$browser->type('#login [name=password]', HR::Server::PASSWORD);
$browser->press('Enter');
wait_like('#account', '/Log out admin/', 'logged in again');

sub call {
    my ($name, %field) = @_;

    $browser->open("$docs?lang=en#$name") if $browser->run('return location.hash') ne "#$name";
    $browser->wait_for('document.querySelector("#list [aria-current]")?.hash === "#' . $name . '"');
    $browser->type($_ eq 'body' ? '#body' : ".try [name=$_]", $field{$_}) for sort keys %field;
    $browser->click('.try button[type=submit]');
    $browser->wait_for('document.querySelector(".result .status")?.innerText.match(/\\d/)'
                       . ' && !document.querySelector(".try button[disabled]")');
    return text_of('.result .status');
}

like(call('get_all_positions'), qr/200/, '1: the positions');
like(text_of('.result pre'), qr/"position_name"/, 'are listed');
my $item = $server->client->get('/api/organization/positions')->{json}{data}{items}[0];
like(call('start_generation', body => JSON::PP->new->encode({
    department => $item->{business_unit_id}, position => $item->{position_name} })),
    qr/200/, '2: a generation is started');
my ($task) = text_of('.result pre') =~ /"task_id": "([0-9a-f-]{36})"/;
ok($task, 'its task is shown');
ok(HR::Server::wait_until(20, sub {
    return call('get_task_status', task_id => $task) =~ /200/
           && text_of('.result pre') =~ /"status": "completed"/ }), '3: its end');
my ($profile) = text_of('.result pre') =~ /"profile_id": "([0-9a-f-]{36})"/;
ok($profile, 'names a profile');
like(call('get_profile', profile_id => $profile), qr/200/, '4: the profile');
picture('call-light');
like(call('download_md', profile_id => $profile), qr/200/, '5: its document');
like(text_of('.result pre'), qr/^# /m, 'as Markdown');
$browser->type('.try [name=profile_id]', '');
$browser->click('.try button[type=submit]');
is($browser->run('return document.activeElement.name'), 'profile_id',
   'a path without its parameter is not sent: the field is asked for');

# Every operation can be shown, also those whose schemas contain themselves

my @broken;
my $names = $browser->run(q{return [...document.querySelectorAll('#list a')].map(a => a.hash)});
for my $name (@$names) {
    $browser->run('location.hash = arguments[0]', $name);
    eval { $browser->wait_for(qq{document.querySelector('#list [aria-current]')?.hash === '$name'
        && document.querySelector('main .answer')}); 1 } or push @broken, $name;
    $browser->run(q{document.querySelectorAll('main details').forEach(d => { d.open = true })});
}
is_deeply(\@broken, [], 'every operation can be shown');

# Languages

$browser->open("$docs?lang=ru#list_profiles");
wait_like('main h1', '/Список профилей/', 'Russian');
is($browser->run('return document.documentElement.lang'), 'ru', 'and the page says so');
$browser->click('[data-language=en]');
wait_like('main h1', '/Profiles, a page at a time/', 'English at a click');

# Dark, and small

$browser->look(1360, 900, 'dark');
$browser->open("$docs?lang=en#get_all_positions");
$browser->wait_for('document.querySelector("main .answer")');
my $luminance = q{return (getComputedStyle(arguments[0] === 'text' ? document.querySelector('h1')
    : document.body)[arguments[0] === 'text' ? 'color' : 'backgroundColor'].match(/\d+/g)
    .slice(0, 3).map(Number).reduce((a, b) => a + b))};
cmp_ok($browser->run($luminance, 'page'), '<', 150, 'dark when the system is');
cmp_ok($browser->run($luminance, 'text'), '>', 600, 'with light text');
picture('operation-dark');

for my $scheme (qw( light dark )) {
    $browser->look(390, 844, $scheme);
    $browser->open("$docs?lang=ru#login");
    $browser->wait_for('document.querySelector("main .answer")');
    cmp_ok($browser->run('return document.documentElement.scrollWidth'), '<=', 390,
           "nothing is wider than a small screen, $scheme");
    picture("small-$scheme");
}
ok(!$browser->run('return document.querySelector("#side").checkVisibility()'), 'the list is away');
$browser->click('#menu');
ok($browser->run('return document.querySelector("#side").checkVisibility()'),
   'and comes at a touch');
$browser->press('Escape');
ok(!$browser->run('return document.querySelector("#side").checkVisibility()'),
   'Escape puts it away');

# Names for those who do not see it

is($browser->run(q{return [...document.querySelectorAll('button, input, select, textarea, nav')]
    .filter(e => !(e.innerText?.trim() || e.ariaLabel || e.labels?.length))
     .map(e => e.outerHTML).join()}),
   '', 'every control has a name');

# The server's answers 401 and 422 above are all that the console may tell.
is_deeply([grep { !/\b(?:401|422)\b/ } $browser->console], [],
          'no violation of the policy, no error, nothing from elsewhere');

$browser->stop;
$server->log_is_clean('no alerts');
ok($server->stop, 'the server ends in order');

done_testing();
