# Trusted hosts (api-core.md 1.10, D-13).

use HR::Test 'no_plan';

run_tests();

__DATA__

=== TEST 1: D-13: the default list has the loopback names only
--- request eval
[("GET /") x 5]
--- more_headers eval
["Host: localhost", "Host: 127.0.0.1:8022", "Host: [::1]:8022", "Host: [::1]",
    "Host: hr.example.com"]
--- error_code eval
[200, 200, 200, 200, 400]
--- json eval
["version present", "version present", "version present", "version present",
 "error.code = BAD_REQUEST\nsuccess = false\npath = /"]



=== TEST 2: D-13: upper case and the dot at the end do not matter
--- hr_config
hr_trusted_hosts HR.Example.Com;
--- request eval
[("GET /") x 4]
--- more_headers eval
["Host: hr.example.com", "Host: HR.EXAMPLE.COM:80", "Host: hr.example.com.",
    "Host: hr.example.org"]
--- error_code eval
[200, 200, 200, 400]



=== TEST 3: a star stands for subdomains, not for the name itself
--- hr_config
hr_trusted_hosts *.example.com localhost;
--- request eval
[("GET /") x 5]
--- more_headers eval
["Host: a.example.com", "Host: a.b.EXAMPLE.com:8080", "Host: example.com", "Host: badexample.com",
 "Host: .example.com"]
--- error_code eval
[200, 200, 400, 400, 400]



=== TEST 4: a star alone trusts everybody
--- hr_config
hr_trusted_hosts *;
--- request eval
[("GET /") x 2]
--- more_headers eval
["Host: anything.example", "Host: [2001:db8::1]:1"]



=== TEST 5: D-13: IPv6 addresses with and without a port
--- hr_config
hr_trusted_hosts [2001:db8::1] 2001:db8::2;
--- request eval
[("GET /") x 5]
--- more_headers eval
["Host: [2001:db8::1]", "Host: [2001:DB8::1]:8022", "Host: [2001:db8::2]:80",
 "Host: [2001:db8::3]", "Host: 2001"]
--- error_code eval
[200, 200, 200, 400, 400]



=== TEST 6: the refusal comes before everything else, in the one envelope
--- request eval
["GET /api/auth/me", "POST /api/auth/login\n{broken", "OPTIONS /api/auth/me", "GET /nowhere"]
--- more_headers eval
["Host: evil.example", "Host: evil.example",
 "Host: evil.example\nOrigin: http://localhost:5173\nAccess-Control-Request-Method: GET",
 "Host: evil.example"]
--- error_code eval
[400, 400, 400, 400]
--- json eval
[("error.code = BAD_REQUEST\ndetail ~ узла") x 4]



=== TEST 7: without a name there is no host: HTTP/1.0
--- raw_request eval
"GET / HTTP/1.0\r\n\r\n"
--- error_code: 400



=== TEST 8: HTTP/1.1 without Host is refused by nginx, in the same envelope
--- raw_request eval
"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"
--- error_code: 400
--- response_headers
X-Content-Type-Options: nosniff
--- json
error.code = BAD_REQUEST



=== TEST 9: when only www is trusted, the bare name is led there
--- hr_config
hr_trusted_hosts www.example.com;
--- request eval
["GET /api/catalog/search?q=%D0%B0", "POST /api/auth/login\n{}", "GET /", "GET /"]
--- more_headers eval
["Host: example.com:8022", "Host: Example.com", "Host: www.example.com", "Host: other.com"]
--- error_code eval
[307, 307, 200, 400]
--- response_headers eval
["Location: http://www.example.com:8022/api/catalog/search?q=%D0%B0",
 "Location: http://www.Example.com/api/auth/login", "! Location", "! Location"]



=== TEST 10: D-09: behind a TLS proxy the address is one of https
--- hr_config
hr_trusted_hosts www.example.com;
hr_trusted_proxies 127.0.0.1;
--- request
GET /a/b
--- more_headers
Host: example.com
X-Forwarded-Proto: https
--- error_code: 307
--- response_headers
Location: https://www.example.com/a/b
X-Content-Type-Options: nosniff
--- response_body



=== TEST 11: a request with the whole address is judged by that
--- raw_request eval
["GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"]
--- error_code: 200



=== TEST 12: ... and refused by that
--- raw_request eval
["GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"]
--- error_code: 400
