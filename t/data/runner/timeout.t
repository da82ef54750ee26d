use Test::Nginx::Socket 'no_plan';

run_tests();

__DATA__

=== TEST 1: an answer that never comes
--- config
location = /t { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- tcp_listen: $TEST_NGINX_RAND_PORT_1
--- tcp_reply_delay: 2
--- tcp_reply: late
--- request
GET /t
--- timeout: 100ms
--- ignore_response
