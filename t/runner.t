# The runner itself, on plain nginx: every section once, in the forms that the
# suite uses.  The file runs unchanged under the Test::Nginx of CPAN.

use Test::Nginx::Socket 'no_plan';

repeat_each(2);

our $preprocessed = 0;

add_block_preprocessor(sub {
    my $block = shift;

    $preprocessed++;
    $block->set_value(more_headers => $block->x_headers)
        if defined $block->x_headers;
});

add_response_body_check(sub {
    my ($block, $body, $index, $repeat, $dry_run) = @_;

    is($body, $block->x_body, $block->name . ' - own check of the body')
        if defined $block->x_body;
});

run_tests();

__DATA__

=== TEST 1: the status is 200 unless the block says otherwise
--- config
location = /t { return 200 "hello\n"; }
--- request
GET /t
--- response_body
hello



=== TEST 2: another status, by number
--- config
location = /t { return 404 "none\n"; }
--- request
GET /t
--- error_code: 404
--- response_body
none



=== TEST 3: another status, by pattern
--- config
location = /t { return 503; }
--- request
GET /t
--- error_code_like: ^5\d\d$



=== TEST 4: the request line has defaults, and a comment may stand before it
--- config
location = / { return 200 "$request_method $uri $server_protocol\n"; }
--- request
# the shortest request
GET
--- response_body
GET / HTTP/1.1



=== TEST 5: the protocol version can be given
--- config
location = /t { return 200 "$server_protocol\n"; }
--- request
GET /t HTTP/1.0
--- response_body
HTTP/1.0



=== TEST 6: a body is sent with its length
--- config
location = /t {
    client_body_in_single_buffer on;
    proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/echo;
}
location = /echo { return 200 "$request_method $content_length\n"; }
--- request
POST /t
hello, world
--- response_body
POST 12



=== TEST 7: a body with its own Content-Length is sent as it is
--- config
location = /t { return 200 "$content_length\n"; }
--- more_headers
Content-Length: 6
--- request
POST /t
hello
--- response_body
6



=== TEST 8: binary bodies come through eval
--- config
location = /t { return 200 "$content_length\n"; }
--- request eval
"PUT /t\n" . CORE::join '', map { chr } 1 .. 31, 128 .. 255
--- response_body eval
# blanks at both ends are cut: \t \n \v \f \r stand inside here
"159\n"



=== TEST 9: several requests, and arrays that give each its expectations
--- config
location = /a { add_header X-Where a; return 200 "A:$http_x_one"; }
location = /b { return 201 "B:$http_x_one"; }
--- request eval
["GET /a", "GET /b"]
--- more_headers eval
["X-One: 1", "X-One: 2"]
--- error_code eval
[200, 201]
--- response_body eval
["A:1", qr/^B:\d$/]
--- response_headers eval
["X-Where: a\nContent-Type: text/plain", "! X-Where"]



=== TEST 10: more_headers as text goes with every request; comments are left out
--- config
location = /t { return 200 "$http_x_one$http_x_two"; }
--- request eval
["GET /t", "GET /t"]
--- more_headers
X-One: 1
# X-Two: 2
--- response_body eval
["1", "1"]



=== TEST 11: the Host and Connection headers can be replaced
--- config
location = /t { return 200 "$http_host $http_connection\n"; }
--- more_headers
Host: example.org
Connection: close, foo
--- request
GET /t
--- response_body
example.org close, foo



=== TEST 12: pipelined requests share a connection
--- config
location /t { return 200 "$connection_requests $uri"; }
--- pipelined_requests eval
["GET /t/1", "POST /t/2\nbody", "GET /t/3"]
--- response_body eval
["1 /t/1", "2 /t/2", "3 /t/3"]



=== TEST 13: a raw request is sent byte by byte as it stands
--- config
location = /t { return 200 "$http_x_split\n"; }
--- raw_request eval
["GET /t HTTP/1.1\r\nHost: localhost\r\nX-Sp",
 "lit: yes\r\nConnection: close\r\n\r\n"]
--- raw_request_middle_delay: 0.05
--- response_body
yes



=== TEST 14: a request may be cut into packets
--- config
location = /t { return 200 "$uri:$content_length\n"; }
--- request eval
[["GET /", "t"], ["POST /t\nna", { value => "me=foo", delay_before => 0.05 }]]
--- response_body eval
["/t:\n", "/t:8\n"]



=== TEST 15: patterns for the body
--- config
location = /t { return 200 "one\ntwo\n"; }
--- request
GET /t
--- response_body_like: ^one.two$



=== TEST 16: a pattern that must not match, with chomp
--- config
location = /t { return 200 "one\ntwo\n"; }
--- request
GET /t
--- response_body_unlike chomp
three



=== TEST 17: headers by pattern
--- config
location = /t { return 200 "x"; }
--- request
GET /t
--- response_headers_like
Content-Type: text/\w+
Content-Length: \d



=== TEST 18: the raw headers
--- config
location = /t { return 302 /elsewhere; }
--- request
GET /t
--- error_code: 302
--- raw_response_headers_like: Location: http://localhost(?::\d+)?/elsewhere\r\n
--- raw_response_headers_unlike: X-Never



=== TEST 19: chunked answers are decoded
--- config
location = /t {
    proxy_http_version 1.1;
    proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
}
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
--- request
GET /t
--- response_body chomp
abcde



=== TEST 20: a HEAD answer has no body
--- config
location = /t { return 200 "x"; }
--- request
HEAD /t
--- response_headers
Content-Length: 1
--- response_body



=== TEST 21: an upstream that is a mock: what it gets and what it says
--- config
location = /t {
    proxy_set_header Connection close;
    proxy_set_header Host upstream;
    proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/up;
}
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_query eval
"GET /up HTTP/1.0\r\nConnection: close\r\nHost: upstream\r\nX-Mark: m\r\n\r\n"
--- tcp_query_len: 66
--- tcp_reply eval
sub {
    my $query = shift;
    my ($mark) = $query =~ /X-Mark: (\w)/;
    return ["HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", $mark];
}
--- more_headers
X-Mark: m
--- request
GET /t
--- response_body chomp
m



=== TEST 22: a mock that is slow
--- config
location = /t {
    proxy_read_timeout 100ms;
    proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
}
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply_delay: 400ms
--- tcp_reply: HTTP/1.0 200 OK
--- request
GET /t
--- error_code: 504
--- response_body_like: 504 Gateway
--- error_log
upstream timed out



=== TEST 23: a mock that keeps the connection open, a client that gives up
--- config
location = /t { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_no_close
--- tcp_reply: nothing of use
--- request
GET /t
--- timeout: 200ms
--- abort
--- ignore_response
--- wait: 0.1
--- error_log
prematurely closed connection



=== TEST 24: lines of the error log, as text and as pattern
--- config
location = /t { root $TEST_NGINX_SERVER_ROOT/html; }
--- request
GET /t
--- error_code: 404
--- response_body_like: Not Found
--- error_log eval
["No such file or directory", qr/\[error\] .* open\(\) "\S+"/]
--- no_error_log eval
["never said", qr/\[alert\] never/]



=== TEST 25: several literal lines
--- config
location = /t { root $TEST_NGINX_SERVER_ROOT/html; }
--- request
GET /t
--- error_code: 404
--- error_log
open()
No such file
--- no_error_log
[crit]
[emerg]



=== TEST 26: grep of the error log
--- config
location = /t { root $TEST_NGINX_SERVER_ROOT/html; }
--- request
GET /t
--- error_code: 404
--- grep_error_log eval
qr/No such \w+/
--- grep_error_log_out
No such file



=== TEST 27: grep of the error log, other output for each repetition
--- config
location = /t { return 200 "$connection"; }
--- request
GET /t
--- grep_error_log chop
http keepalive handler of a client that closed at once
--- grep_error_log_out eval
["", ""]



=== TEST 28: the log level of a block
--- config
location = /t { root $TEST_NGINX_SERVER_ROOT/html; }
--- log_level: crit
--- request
GET /t
--- error_code: 404
--- no_error_log
[error]
[debug]



=== TEST 29: lines of the access log
--- http_config
log_format short '$request_method $uri $status';
--- config
location = /t { access_log $TEST_NGINX_SERVER_ROOT/logs/access.log short; return 204; }
--- request
GET /t
--- error_code: 204
--- response_body
--- access_log
GET /t 204
--- no_access_log
GET /u



=== TEST 30: files of a block, as text
--- config
--- user_files
>>> sub/a.txt
first
>>> b.txt 199801171935.33
second
--- request eval
["GET /sub/a.txt", "GET /b.txt"]
--- response_body eval
["first\n", "second\n"]
--- response_headers eval
["! X-None", "Last-Modified: Sat, 17 Jan 1998 19:35:33 GMT"]



=== TEST 31: files of a block, as data
--- config
--- user_files eval
[["a.txt" => "x" x 3], ["b.txt" => "port \$TEST_NGINX_SERVER_PORT"]]
--- request eval
["GET /a.txt", "GET /b.txt"]
--- response_body eval
["xxx", qr/^port \d+$/]



=== TEST 32: http_config and main_config, with variables
--- main_config
worker_shutdown_timeout 1s;
--- http_config
map $arg_a $mapped { default "none"; 1 "one $TEST_NGINX_SERVER_PORT"; }
--- config
location = /t { return 200 $mapped; }
--- request eval
["GET /t", "GET /t?a=1"]
--- response_body eval
["none", qr/^one \d+$/]



=== TEST 33: random ports are the same throughout a block
--- http_config
server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1; return 200 "one"; }
server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2; return 200 "two"; }
--- config
location = /1 { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
location = /2 { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- request eval
["GET /1", "GET /2"]
--- response_body eval
["one", "two"]



=== TEST 34: nginx must refuse a configuration
--- config
location = /t { return a b c; }
--- request
GET /t
--- must_die
--- error_log
invalid number of arguments in "return" directive
--- no_error_log
[alert]



=== TEST 35: nginx must refuse a configuration with an exit code
--- config
no_such_directive on;
--- must_die: 1
--- error_log eval
qr/\[emerg\] \S+ unknown directive "no_such_directive"/



=== TEST 36: init runs once, when the server is up
--- config
location = /t { return 200 "init"; }
--- init
$main::inits{36}++;
die "init ran again" if $main::inits{36} > 1;
die "no pid file" if !-s "$ENV{TEST_NGINX_SERVER_ROOT}/logs/nginx.pid";
--- request
GET /t
--- response_body chomp
init



=== TEST 37: post_setup_server_root runs before the server starts
--- config
location = /t { root $TEST_NGINX_SERVER_ROOT/made_temp; }
--- post_setup_server_root
mkdir "$ENV{TEST_NGINX_SERVER_ROOT}/made_temp" or die $!;
open my $out, '>', "$ENV{TEST_NGINX_SERVER_ROOT}/made_temp/t" or die $!;
print $out "made";
close $out;
--- request
GET /t
--- response_body chomp
made



=== TEST 38: a preprocessor can make sections of its own
--- config
location = /t { return 200 "$http_x_one"; }
--- x_headers
X-One: from a preprocessor
--- request
GET /t
--- response_body chomp
from a preprocessor



=== TEST 39: a check of the body can be added
--- config
location = /t { return 200 "own"; }
--- request
GET /t
--- x_body chomp
own



=== TEST 40: skipped by version
--- config
location = /t { return 500; }
--- request
GET /t
--- response_body
never
--- skip_nginx
2: >= 1.0.0



=== TEST 41: skipped by two versions
--- config
location = /t { return 500; }
--- request
GET /t
--- skip_nginx2
1: >= 1.0.0 and < 99.0.0



=== TEST 42: not skipped by version
--- config
location = /t { return 200 "new"; }
--- request
GET /t
--- response_body chomp
new
--- skip_nginx
2: < 1.0.0



=== TEST 43: skipped by code
--- config
location = /t { return 500; }
--- request
GET /t
--- skip_eval
1: $^O eq 'linux'



=== TEST 44: what is still to do is not run
--- config
location = /t { return 500; }
--- request
GET /t
--- todo
1: a reason



=== TEST 45: a block that is skipped
--- config
location = /t { return 500; }
--- request
GET /t
--- SKIP



=== TEST 46: half-closing the connection after the request
--- config
location = /t { return 200 "half"; }
--- shutdown: 1
--- request
GET /t
--- response_body chomp
half



=== TEST 47: body filters
--- config
location = /t { return 200 "Hello"; }
--- request
GET /t
--- response_body_filters
uc length
--- response_body chomp
5
--- no_check_leak
